{#- An aggregate: the values of a text column in their order, or another column's, with a comma between them. -#}
{% macro sorted_list(column, order_by=none) %}
    {{ return(adapter.dispatch('sorted_list')(column, order_by or column)) }}
{% endmacro %}

{% macro duckdb__sorted_list(column, order_by) -%}
    string_agg({{ column }}, ', ' order by {{ order_by }})
{%- endmacro %}

{% macro spark__sorted_list(column, order_by) -%}
    listagg({{ column }}, ', ') within group (order by {{ order_by }})
{%- endmacro %}
