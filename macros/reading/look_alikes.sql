{#- What shops call the contract's tables and columns: only to ask "did you mean", never to read by. -#}
{% macro other_names() %}
    {{ return({
        'tables': {
            'orders': ['order', 'sales', 'transactions', 'purchases', 'invoices'],
            'order_lines': ['order_line', 'order_items', 'order_item', 'line_items', 'lineitems', 'order_details'],
            'refunds': ['refund', 'returns', 'credit_notes'],
            'customers': ['customer', 'clients', 'users', 'contacts'],
            'products': ['product', 'articles', 'items', 'catalog'],
            'events': ['event', 'tracking'],
            'fx_rates': ['fx_rate', 'exchange_rates'],
        },
        'columns': {
            'order_id': ['id', 'order_number', 'order_no', 'invoice_no', 'invoice_number', 'receipt_number'],
            'ordered_at': ['order_date', 'date', 'created_at', 'order_time', 'purchase_date', 'invoice_date', 'timestamp', 'when'],
            'customer_id': ['customer', 'client_id', 'user_id', 'customer_number', 'customer_no', 'id'],
            'email': ['e_mail', 'mail', 'email_address'],
            'phone': ['telephone', 'mobile', 'phone_number'],
            'line_id': ['id', 'line_number', 'line_no', 'item_id', 'position'],
            'product_id': ['id', 'sku', 'article', 'article_number', 'item', 'stock_code'],
            'quantity': ['qty', 'units', 'pieces', 'amount_ordered'],
            'unit_price': ['price', 'item_price', 'price_per_unit'],
            'discount_amount': ['discount', 'rebate'],
            'amount': ['total', 'net', 'subtotal', 'net_amount', 'value', 'revenue'],
            'shipping_amount': ['shipping', 'freight', 'delivery_fee'],
            'tax_amount': ['tax', 'vat'],
            'refund_id': ['id', 'return_id'],
            'refunded_at': ['refund_date', 'date', 'created_at', 'returned_at'],
            'event_id': ['id'],
            'occurred_at': ['date', 'created_at', 'timestamp', 'event_time', 'time'],
            'event_type': ['type', 'event', 'event_name', 'name', 'action'],
            'status': ['state'],
            'coupon_code': ['coupon', 'voucher', 'discount_code', 'promo_code'],
            'name': ['title', 'description'],
            'created_at': ['registered_at', 'signup_date', 'created'],
            'rate_date': ['date'],
            'country': ['country_code', 'shipping_country', 'billing_country'],
        },
    }) }}
{% endmacro %}

{#- A name as it is compared: words of letters and digits, lower case, with _ between (OrderId: order_id); # alone is `number`. -#}
{% macro plain_name(name) %}
    {% set words = modules.re.sub('([a-z0-9])([A-Z])', '\\1_\\2', name) | lower %}
    {{ return('number' if name == '#' else modules.re.sub('[^a-z0-9]+', '_', words).strip('_')) }}
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
    {% set words = '_' ~ plain_name(name) ~ '_' %}
    {% for table in tables %}
        {% for word in [table] + known.get(table, []) if '_' ~ word ~ '_' in words and word | length > best.length %}
            {% set best.table = table %}
            {% set best.length = word | length %}
        {% endfor %}
    {% endfor %}
    {{ return(best.table) }}
{% endmacro %}

{#- What to do with a file that may be a table's, but is not read as one. -#}
{% macro way_to_table(name, table) %}
    {% set parts = name.split('/') %}
    {% if not file_form(name) %}
        {{ return("save it as CSV UTF-8 (" ~ table ~ ".csv)") }}
    {% elif parts | length > 1 %}
        {{ return("put it into the shop's folder as " ~ table ~ "." ~ file_form(name).ending ~ ", or into a folder " ~ table ~ "/") }}
    {% endif %}
    {{ return("name it " ~ table ~ "." ~ file_form(name).ending ~ ", or put it and others like it into a folder " ~ table ~ "/") }}
{% endmacro %}

{#- The files of a shop that are no table's but look like one that is not there: a list of (table, line about the file). -#}
{% macro near_files(shop, listed, files) %}
    {% set near = [] %}
    {% set taken = files.values() | sum(start=[]) | map(attribute='path') | list %}
    {% set missing = files.keys() | reject('in', present_tables(files)) | list %}
    {% for path in listed if path not in taken %}
        {% set name = name_in_folder(shop, path) %}
        {% set form = file_form(name) %}
        {% set table = table_meant(modules.re.sub('[.][A-Za-z]+([.]gz)?$', '', name), missing) %}
        {% if table and (form or modules.re.search('(?i)[.](xlsx?|xlsm|ods|numbers|txt|json|xml|zip|csv[.](bz2|zip|xz|zst))$', name)) %}
            {% do near.append((table, shown(name) ~ ": " ~ way_to_table(name, table))) %}
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
