{#- An aggregate: the values of a text column in their order, with a comma between them. -#}
{% macro sorted_list(column) %}
    {{ return(adapter.dispatch('sorted_list')(column)) }}
{% endmacro %}

{% macro duckdb__sorted_list(column) -%}
    string_agg({{ column }}, ', ' order by {{ column }})
{%- endmacro %}

{% macro spark__sorted_list(column) -%}
    listagg({{ column }}, ', ') within group (order by {{ column }})
{%- endmacro %}
