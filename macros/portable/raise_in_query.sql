{#- An expression that ends the query with a message (a SQL text expression) that quotes no raw value.

    Its beginning tells it from what the engine itself says, of which values are cut out before it is shown. -#}
{% macro raise_in_query(message) %}
    {{ return(adapter.dispatch('raise_in_query')(message)) }}
{% endmacro %}

{% macro duckdb__raise_in_query(message) -%}
    error('patronage: ' || {{ message }})
{%- endmacro %}

{% macro spark__raise_in_query(message) -%}
    raise_error({{ message }})
{%- endmacro %}
