{#- For `patronage inspect` and `init`: logs as JSON which systems' files lie in the first of the shops, and `samples` of its tables where it
    is a database (macro table_samples). `systems` maps each system to its raw tables that are there with all the columns they need
    (`complete`), that are there without some (`broken`: table to columns), and that it needs and lacks (`absent`); and to the number of
    columns that the system knows in which there could be something (`columns`). -#}
{% macro recognise(mark) %}
    {% set shop = shops()[0] %}
    {% set faults = [] %}
    {% do complain("unknown timezone " ~ shown(shop.timezone) ~ " (expected the name of a place like Europe/Berlin, or UTC)", faults)
        if not known_timezone(shop.timezone) %}
    {% do attach_shop(shop, faults, 200, first_look=true) if shop.attach and not faults %}
    {% do raise_faults(faults) %}
    {% set listed = shop_files(shop) %}
    {% do log(mark ~ tojson({'systems': systems_found(shop, listed), 'samples': table_samples(shop, listed) if shop.attach else {}}), true) %}
{% endmacro %}

{#- Which systems' files lie in a shop: of each what recognise logs. -#}
{% macro systems_found(shop, listed) %}
    {% set known_heads = {} %}
    {% set found = {} %}
    {% for system in var('systems') %}
        {% set tried = dict(shop, system=system) %}
        {% set is_contract = system == 'files' %}
        {% set tables = raw_contract() if is_contract else system_tables(system) %}
        {% set complete = [] %}
        {% set broken = {} %}
        {% set absent = [] %}
        {% set known = [] %}
        {% for table, own in tables.items() %}
            {% set files = raw_files(tried, table, listed, []) %}
            {% set heads = known_heads.setdefault((own.delimiter, own.encoding), {}) %}
            {% set unread = files | rejectattr('path', 'in', heads) | list %}
            {% do heads.update(raw_heads(unread)) if unread %}
            {% set missing = [] %}
            {% for relation in raw_relations(tried, table, files, heads, []) %}
                {% set names = relation.columns | list if is_contract else plain_names(relation.columns) %}
                {% do known.extend((own.columns | list if is_contract else own.known) | select('in', names)) %}
                {% do missing.extend((own.required if is_contract else own.needed) | reject('in', names)) %}
            {% endfor %}
            {% do absent.append(table) if not files and table in required_tables(tried) %}
            {% do broken.update({table: missing | unique | list}) if missing %}
            {% do complete.append(table) if files and not missing %}
        {% endfor %}
        {% do found.update({system: {'complete': complete, 'broken': broken, 'absent': absent, 'columns': known | length}}) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- The system whose files lie in a shop rather than those of the one that it names: all that it needs is there, in more columns than the
    other knows; none where that is not clear. -#}
{% macro system_meant(shop, listed) %}
    {% set found = systems_found(shop, listed) %}
    {% set best = namespace(system=none, columns=[found[shop.system].columns, 4] | max) %}
    {% for system, told in found.items() if told.complete and not told.absent and not told.broken %}
        {% if told.columns > best.columns %}
            {% set best.system = system %}
            {% set best.columns = told.columns %}
        {% endif %}
    {% endfor %}
    {{ return(best.system) }}
{% endmacro %}

{#- The rows that a first look has taken of a database's tables: of each its columns' names and its rows as JSON. -#}
{% macro table_samples(shop, listed) %}
    {% set samples = {} %}
    {% for path in listed %}
        {% set table = shop_table(shop, path) %}
        {% set names = run_query('describe select * from ' ~ table).columns[0].values() | list %}
        {% set rows = run_query('select cast(to_json(rows_of_table) as varchar) from ' ~ table ~ ' as rows_of_table') %}
        {% do samples.update({name_in_folder(shop, path)[:-6]: {'columns': names, 'rows': rows.columns[0].values() | list}}) %}
    {% endfor %}
    {{ return(samples) }}
{% endmacro %}
