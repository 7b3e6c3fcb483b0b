{#- All that lies in a shop's folder, as paths that start with the folder's; of a shop that is a schema of tables (or an attached
    database, of which there is a copy) its tables, as <schema>/<table>.table. -#}
{% macro shop_files(shop) %}
    {% if not shop.schema %}
        {{ return(list_files(shop.path)) }}
    {% endif %}
    {% set paths = [] %}
    {% for table in list_tables(shop) %}
        {% do paths.append(shop.path ~ '/' ~ table ~ '.table') %}
    {% endfor %}
    {{ return(paths) }}
{% endmacro %}

{#- A shop's table as it is read; `path` as shop_files gives it. -#}
{% macro shop_table(shop, path) %}
    {% set names = ([shop.database] if shop.database else []) + [shop.schema, name_in_folder(shop, path)[:-6]] %}
    {% set parts = [] %}
    {% for name in names %}
        {% do parts.append(quoted(name)) %}
    {% endfor %}
    {{ return(parts | join('.')) }}
{% endmacro %}
