{#- A relation `numbers` with a row for each whole number from 0 to one below the count. -#}
{% macro numbers_below(count) %}
    {{ return(adapter.dispatch('numbers_below')(count)) }}
{% endmacro %}

{% macro duckdb__numbers_below(count) -%}
    (select range as number from range({{ count }})) as numbers
{%- endmacro %}

{% macro spark__numbers_below(count) -%}
    (select id as number from range({{ count }})) as numbers
{%- endmacro %}
