{#- The names of the tables and views in a shop's schema, in order; none where there is no such schema. -#}
{% macro list_tables(shop) %}
    {{ return(adapter.dispatch('list_tables')(shop)) }}
{% endmacro %}

{% macro duckdb__list_tables(shop) %}
    {{ return(run_query(
        "select table_name from information_schema.tables where table_catalog = "
        ~ (literal(shop.database) if shop.database else 'current_database()')
        ~ " and table_schema = " ~ literal(shop.schema) ~ " order by table_name"
    ).columns[0].values() | list) }}
{% endmacro %}

{% macro spark__list_tables(shop) %}
    {% set schemas = run_query('show schemas').columns[0].values() %}
    {% if shop.schema | lower not in schemas | map('lower') %}
        {{ return([]) }}
    {% endif %}
    {{ return(run_query('show tables in ' ~ quoted(shop.schema)).columns[1].values() | sort) }}
{% endmacro %}
