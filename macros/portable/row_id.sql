{#- A number for each row of a table that is being written, unique in it. -#}
{% macro row_id() %}
    {{ return(adapter.dispatch('row_id')()) }}
{% endmacro %}

{% macro duckdb__row_id() -%}
    row_number() over ()
{%- endmacro %}
