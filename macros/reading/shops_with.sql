{#- The shops that may bring a contract table in the contract's own shape: those of the system `files`, and for the tables in the
    var beside_any_system those of every other that neither fills the table nor has files of that name. -#}
{% macro shops_with(table) %}
    {% set found = [] %}
    {% for shop in shops() if shop.system == 'files' or table in tables_beside(shop.system) %}
        {% do found.append(shop) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- The contract tables that are read beside a system's own files. -#}
{% macro tables_beside(system) %}
    {% set own = (var('systems').get(system) or []) + (system_tables(system) | list) %}
    {{ return(var('beside_any_system') | reject('in', own) | list) }}
{% endmacro %}
