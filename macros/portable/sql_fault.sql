{#- Why a text is no query, as far as the engine can say without running it; else none. -#}
{% macro sql_fault(query) %}
    {{ return(adapter.dispatch('sql_fault')(query)) }}
{% endmacro %}

{% macro duckdb__sql_fault(query) %}
    {{ return(run_query(
        "select json_extract_string(json_serialize_sql(" ~ literal(query) ~ "), '$.error_message')"
    ).columns[0].values()[0]) }}
{% endmacro %}

{% macro spark__sql_fault(query) %}
    {{ return(none) }}
{% endmacro %}
