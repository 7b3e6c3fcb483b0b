{#- Whether the engine knows a time zone by this name (Europe/Berlin). -#}
{% macro known_timezone(name) %}
    {{ return(adapter.dispatch('known_timezone')(name)) }}
{% endmacro %}

{% macro duckdb__known_timezone(name) %}
    {% set sql = "select count(*) from pg_timezone_names() where name = '"
        ~ dbt.escape_single_quotes(name) ~ "'" %}
    {{ return(run_query(sql).columns[0].values()[0] > 0) }}
{% endmacro %}
