{#- An expression that ends the query with a message (a SQL text expression). -#}
{% macro raise_in_query(message) %}
    {{ return(adapter.dispatch('raise_in_query')(message)) }}
{% endmacro %}

{% macro duckdb__raise_in_query(message) -%}
    error({{ message }})
{%- endmacro %}

{% macro spark__raise_in_query(message) -%}
    raise_error({{ message }})
{%- endmacro %}
