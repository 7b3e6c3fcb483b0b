{#- For `patronage inspect`: logs as JSON which systems' files lie in a folder: of each its raw tables that are there with all the
    columns they need (`complete`), that are there without some (`broken`: table to columns), and that it needs and lacks (`absent`);
    and in how many of the columns that the system knows there could be something (`columns`). -#}
{% macro recognise(path, mark) %}
    {% set listed = list_files(full_path(path)) %}
    {% set heads = {} %}
    {% set found = {} %}
    {% for system in var('systems') %}
        {% set shop = {'name': system, 'system': system, 'path': full_path(path), 'schema': none} %}
        {% set is_contract = system == 'files' %}
        {% set tables = raw_contract() if is_contract else system_tables(system) %}
        {% set complete = [] %}
        {% set broken = {} %}
        {% set absent = [] %}
        {% set known = [] %}
        {% for table, own in tables.items() %}
            {% set files = raw_files(shop, table, listed, []) %}
            {% set unread = files | rejectattr('path', 'in', heads) | list %}
            {% do heads.update(raw_heads(unread)) if unread %}
            {% set missing = [] %}
            {% for relation in raw_relations(shop, table, files, heads, []) %}
                {% set names = relation.columns | list if is_contract else plain_names(relation.columns) %}
                {% do known.extend((own.columns | list if is_contract else own.known) | select('in', names)) %}
                {% do missing.extend((own.required if is_contract else own.needed) | reject('in', names)) %}
            {% endfor %}
            {% do absent.append(table) if not files and table in required_tables(shop) %}
            {% do broken.update({table: missing | unique | list}) if missing %}
            {% do complete.append(table) if files and not missing %}
        {% endfor %}
        {% do found.update({system: {'complete': complete, 'broken': broken, 'absent': absent, 'columns': known | length}}) %}
    {% endfor %}
    {% do log(mark ~ tojson(found), true) %}
{% endmacro %}
