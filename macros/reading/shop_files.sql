{#- All that lies in a shop's folder, as paths that start with the folder's; of a shop that is a schema of tables (or an attached
    database, of which there is a copy) its tables, as <schema>/<table>.table. It is looked up once a run, but where it is wanted `anew`. -#}
{% macro shop_files(shop, anew=false) %}
    {#- two sources of one name are refused, but later -#}
    {% set name = ['files', shop.name, shop.path] | join(' ') %}
    {% set before = none if anew else kept(name) %}
    {% if before is not none %}
        {{ return(before) }}
    {% endif %}
    {% if not shop.schema %}
        {{ return(keep(name, list_files(shop.path))) }}
    {% endif %}
    {% set paths = [] %}
    {% for table in list_tables(shop) %}
        {% do paths.append(shop.path ~ '/' ~ table ~ '.table') %}
    {% endfor %}
    {{ return(keep(name, paths)) }}
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
