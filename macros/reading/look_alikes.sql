{#- What shops call the contract's tables and columns: only to ask "did you mean", never to read by. -#}
{% macro other_names() %}
    {{ return({
        'tables': {
            'orders': [
                'order', 'sales', 'transactions', 'purchases', 'invoices', 'bestellungen', 'aufträge', 'verkäufe', 'rechnungen',
                'commandes', 'ventes', 'pedidos', 'ventas', 'ordini', 'vendite',
            ],
            'order_lines': [
                'order_line', 'order_items', 'order_item', 'line_items', 'lineitems', 'order_details', 'positionen',
                'bestellpositionen', 'auftragspositionen', 'lignes',
            ],
            'refunds': ['refund', 'returns', 'credit_notes', 'retouren', 'gutschriften'],
            'customers': ['customer', 'clients', 'users', 'contacts', 'kunden', 'clientes', 'clienti'],
            'products': ['product', 'articles', 'items', 'catalog', 'artikel', 'produkte', 'produits', 'productos', 'prodotti'],
            'events': ['event', 'tracking'],
            'fx_rates': ['fx_rate', 'exchange_rates'],
        },
        'columns': {
            'order_id': [
                'id', 'order_number', 'order_no', 'order_nr', 'order', 'invoice_no', 'invoice_number', 'invoice', 'receipt_number',
                'receipt', 'transaction_id', 'bestellnummer', 'bestellnr', 'bestell_nr', 'bestellung', 'auftragsnummer', 'auftragsnr',
                'auftrag', 'rechnungsnummer', 'rechnungsnr', 'belegnummer', 'belegnr', 'beleg', 'bon', 'bonnummer', 'commande',
                'pedido', 'ordine',
            ],
            'ordered_at': [
                'order_date', 'date', 'created_at', 'order_time', 'purchase_date', 'invoice_date', 'timestamp', 'when',
                'purchase_timestamp', 'purchased_at', 'placed_at', 'datetime', 'sale_date', 'transaction_date', 'datum', 'bestelldatum',
                'auftragsdatum', 'kaufdatum', 'rechnungsdatum', 'belegdatum', 'zeitpunkt', 'fecha', 'data',
            ],
            'customer_id': [
                'customer', 'client_id', 'user_id', 'customer_number', 'customer_no', 'customer_nr', 'id', 'client', 'buyer',
                'buyer_id', 'customer_name', 'kunde', 'kundennummer', 'kundennr', 'kunden_nr', 'kunden_id', 'cliente', 'id_cliente',
            ],
            'email': ['e_mail', 'mail', 'email_address', 'customer_email', 'e_mail_adresse', 'correo', 'courriel'],
            'phone': ['telephone', 'mobile', 'phone_number', 'telefon', 'telefonnummer', 'handy'],
            'line_id': ['id', 'line_number', 'line_no', 'item_id', 'position', 'order_item_id', 'order_line_id', 'pos', 'zeile'],
            'product_id': [
                'id', 'sku', 'article', 'article_number', 'item', 'stock_code', 'product', 'article_no', 'item_no', 'artikel',
                'artikelnummer', 'artikelnr', 'artikel_nr', 'produkt', 'ean', 'reference', 'articulo', 'producto', 'articolo', 'prodotto',
            ],
            'quantity': [
                'qty', 'units', 'pieces', 'amount_ordered', 'menge', 'anzahl', 'stück', 'stueck', 'stk', 'quantité', 'quantite',
                'cantidad', 'quantità',
            ],
            'unit_price': [
                'price', 'item_price', 'price_per_unit', 'preis', 'einzelpreis', 'stückpreis', 'stueckpreis', 'prix', 'precio', 'prezzo',
            ],
            'discount_amount': ['discount', 'rebate', 'rabatt', 'nachlass', 'remise', 'descuento', 'sconto'],
            'amount': [
                'total', 'net', 'subtotal', 'net_amount', 'value', 'revenue', 'line_total', 'sales', 'betrag', 'summe', 'gesamt',
                'gesamtpreis', 'umsatz', 'nettobetrag', 'montant', 'importe', 'importo',
            ],
            'shipping_amount': ['shipping', 'freight', 'delivery_fee', 'versand', 'versandkosten', 'porto'],
            'tax_amount': ['tax', 'vat', 'mwst', 'ust', 'steuer', 'tva', 'iva'],
            'currency': ['currency_code', 'währung', 'waehrung', 'devise', 'moneda', 'valuta'],
            'payment_method': ['payment_type', 'payment', 'zahlungsart'],
            'channel': ['kanal', 'sales_channel', 'store', 'filiale'],
            'category': ['category_name', 'product_category', 'product_category_name', 'kategorie', 'warengruppe'],
            'brand': ['marke', 'manufacturer', 'hersteller'],
            'city': ['ort', 'stadt', 'ville', 'ciudad'],
            'region': ['state', 'province', 'bundesland'],
            'birth_date': ['birthday', 'date_of_birth', 'geburtsdatum'],
            'refund_id': ['id', 'return_id', 'gutschrift', 'gutschriftnr', 'retoure'],
            'refunded_at': ['refund_date', 'date', 'created_at', 'returned_at'],
            'event_id': ['id'],
            'occurred_at': ['date', 'created_at', 'timestamp', 'event_time', 'time'],
            'event_type': ['type', 'event', 'event_name', 'name', 'action'],
            'status': ['state', 'order_status', 'bestellstatus'],
            'coupon_code': ['coupon', 'voucher', 'discount_code', 'promo_code', 'gutscheincode'],
            'name': ['title', 'description', 'product_name', 'article_name', 'bezeichnung', 'artikelbezeichnung', 'beschreibung'],
            'created_at': ['registered_at', 'signup_date', 'created'],
            'rate_date': ['date'],
            'country': ['country_code', 'shipping_country', 'billing_country', 'land', 'pays', 'país', 'paese'],
        },
    }) }}
{% endmacro %}

{#- A name as it is compared: words of letters (of any script) and digits, lower case, with _ between (OrderId: order_id); # alone is `number`. -#}
{% macro plain_name(name) %}
    {% set words = modules.re.sub('([a-z0-9])([A-Z])', '\\1_\\2', name) | lower %}
    {{ return('number' if name == '#' else modules.re.sub('[\\W_]+', '_', words).strip('_')) }}
{% endmacro %}

{#- Names as they are compared. -#}
{% macro plain_names(names) %}
    {% set plain = [] %}
    {% for name in names %}
        {% do plain.append(plain_name(name)) %}
    {% endfor %}
    {{ return(plain) }}
{% endmacro %}

{#- The column among `wanted` that a column of a file may be, else none; `table` is the file's. -#}
{% macro column_meant(name, wanted, table) %}
    {% set plain = plain_name(name) %}
    {% set subject = table[:-1] if table.endswith('s') else table %}
    {% set short = plain[(subject | length) + 1:] if plain.startswith(subject ~ '_') else plain %}
    {% set known = other_names().columns %}
    {% for column in wanted %}
        {% if column.replace('_', '') == plain.replace('_', '') or column == short %}
            {{ return(column) }}
        {% endif %}
    {% endfor %}
    {% for column in wanted if plain in known.get(column, []) or short in known.get(column, []) %}
        {{ return(column) }}
    {% endfor %}
    {% for column in wanted if plain.endswith('_' ~ column) %}
        {{ return(column) }}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}

{#- For `patronage init`: logs as JSON what the files of no known system may mean. `files` maps a file's name to its columns' names;
    of each come its columns' plain names, the contract table that its name comes near to, and for each contract table which
    of its columns a column may be. -#}
{% macro meanings(files, mark) %}
    {% set contract = raw_contract() %}
    {% set found = {} %}
    {% for file, names in files.items() %}
        {% set columns = {} %}
        {% for table, rules in contract.items() %}
            {% do columns.update({table: {}}) %}
            {% for name in names %}
                {% do columns[table].update({name: column_meant(name, rules.columns | list, table)}) %}
            {% endfor %}
        {% endfor %}
        {% do found.update({file: {
            'plain': plain_names(names), 'name': plain_name(file), 'table': table_meant(file, contract), 'columns': columns,
        }}) %}
    {% endfor %}
    {% do log(mark ~ tojson(found), true) %}
{% endmacro %}

{#- Names of columns for a message, each with what it may mean. -#}
{% macro names_with_meaning(names, wanted, table) %}
    {% set shown = [] %}
    {% for name in names[:50] %}
        {% set meant = column_meant(name, wanted, table) %}
        {% do shown.append(shown_names([name]) ~ (' (did you mean ' ~ meant ~ '?)' if meant else '')) %}
    {% endfor %}
    {% do shown.append('and ' ~ (names | length - 50) ~ ' more') if names | length > 50 %}
    {{ return(shown | join(', ')) }}
{% endmacro %}

{#- The table that a file's name comes near to, among some: by its longest words, wherever they stand; else none. -#}
{% macro table_meant(name, tables) %}
    {% set known = other_names().tables %}
    {% set best = namespace(table=none, length=0) %}
    {#- between a letter and a digit begins another word (orders2024), and words may be one (orderlines) -#}
    {% set words = '_' ~ modules.re.sub('(?<=[^\\W\\d_])(?=[0-9])|(?<=[0-9])(?=[^\\W\\d_])', '_', plain_name(name)) ~ '_' %}
    {% for table in tables %}
        {% for word in [table] + known.get(table, []) if word | length > best.length
            and ('_' ~ word ~ '_' in words or '_' ~ word.replace('_', '') ~ '_' in words) %}
            {% set best.table = table %}
            {% set best.length = word | length %}
        {% endfor %}
    {% endfor %}
    {{ return(best.table) }}
{% endmacro %}

{#- What to do with a file that may be a table's, but is not read as one; `found` are the table's files (raw_files), if there are any. -#}
{% macro way_to_table(name, table, found) %}
    {% set parts = name.split('/') %}
    {% set form = file_form(name) if file_form(name).format != 'xlsx' or reads_workbooks() else none %}
    {% set bare = modules.re.sub('[.][A-Za-z0-9]+$', '', name) %}
    {% set as_file = (bare if file_form(bare) else bare ~ '.csv') if found and parts[0] == table else table ~ '.csv' %}
    {% set first = none if form
        else way_to_workbook(table) if file_form(name)
        else "unpack it" if modules.re.search('(?i)[.](' ~ packed_endings() ~ ')$', name)
        else "save it as CSV UTF-8" %}
    {% if found and parts[0] != table %}
        {{ return((first ~ ", and " if first else "") ~ "put it " ~ (
            "into the folder " if '/' in found[0].name else "and " ~ found[0].name ~ " into a folder "
        ) ~ table ~ "/") }}
    {% elif first %}
        {{ return(first if file_form(name) else first ~ " (" ~ as_file ~ ")") }}
    {% elif parts | length > 1 %}
        {{ return("put it into the shop's folder as " ~ table ~ "." ~ form.ending ~ ", or into a folder " ~ table ~ "/") }}
    {% endif %}
    {{ return("name it " ~ table ~ "." ~ form.ending ~ ", or put it and others like it into a folder " ~ table ~ "/") }}
{% endmacro %}

{#- Endings of files that hold others, but for those that are read (csv.gz and the like), as a regular expression. -#}
{% macro packed_endings() %}
    {{ return('zip|gz|bz2|xz|zst|7z|rar') }}
{% endmacro %}

{#- A file's name as what it holds is called, whatever it is written and packed as. -#}
{% macro name_without_endings(name) %}
    {{ return(modules.re.sub('([.](csv|tsv|jsonl|ndjson|parquet))?[.][a-z0-9]+$', '', name | lower)) }}
{% endmacro %}

{#- The files of a shop that are read as no table but look like one: a list of (table, line about the file). A system's own tables are
    looked for where there is no file of them: what its YAML says tells which files are theirs, and which are another's. -#}
{% macro near_files(shop, listed, files) %}
    {% set near = [] %}
    {% set taken = files.values() | sum(start=[]) | map(attribute='path') | list %}
    {% set own = system_tables(shop.system).keys() | select('in', present_tables(files)) | list %}
    {% set tables = files.keys() | reject('in', own) | list %}
    {#- orders.xlsx beside orders.csv is the same, as it was before it was saved as that -#}
    {% set copied = {} %}
    {% for file in files.values() | sum(start=[]) %}
        {% do copied.update({name_without_endings(file.name): true}) %}
    {% endfor %}
    {% for path in listed if path not in taken %}
        {% set name = name_in_folder(shop, path) %}
        {% set form = file_form(name) %}
        {% set table = table_meant(modules.re.sub('[.][A-Za-z]+([.]gz)?$', '', name), tables) %}
        {% set table = name.split('/')[0] if files[name.split('/')[0]] and '/' in name else table %}
        {% set is_hidden = files[table] and modules.re.search('(^|/)[._]', name) %}
        {% if table and not is_hidden and name_without_endings(name) not in copied
            and (form or modules.re.search('(?i)[.](xls[xmb]?|ods|numbers|txt|tab|json|xml|' ~ packed_endings() ~ ')$', name)) %}
            {% do near.append((table, shown(name) ~ ": " ~ way_to_table(name, table, files[table]))) %}
        {% endif %}
    {% endfor %}
    {{ return(near) }}
{% endmacro %}

{#- The tables of which there are files. -#}
{% macro present_tables(files) %}
    {% set present = [] %}
    {% for table, found in files.items() if found %}
        {% do present.append(table) %}
    {% endfor %}
    {{ return(present) }}
{% endmacro %}
