{#- Whether the raw files are those that were there when reading began, each as it was then: else what is built is of two states of
    the shop. `files` is what remember_files has kept; a fault is a line each. -#}
{% macro check_unchanged() %}
    {% if execute and not env_var('PATRONAGE_FILES_CHECKED', '') %}
        {% set faults = [] %}
        {% for path in changed_files(raw_paths(anew=true)) %}
            {% do complain(path ~ ": it changed while it was read; build again when it is complete", faults) %}
        {% endfor %}
        {% do raise_faults(faults) %}
    {% endif %}
{% endmacro %}

{#- The paths of all files that are some table's. -#}
{% macro raw_paths(anew=false) %}
    {% set paths = [] %}
    {% for shop in shops() if not shop.schema and shop.system in var('systems') %}
        {% set listed = shop_files(shop, anew) %}
        {% for table in shops_tables(shop) %}
            {% do paths.extend(raw_files(shop, table, listed, []) | map(attribute='path')) %}
        {% endfor %}
    {% endfor %}
    {{ return(paths | unique | list) }}
{% endmacro %}
