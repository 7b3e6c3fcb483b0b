{#- A number for each row of a table that is being written, unique in it. -#}
{% macro row_id() %}
    {{ return(adapter.dispatch('row_id')()) }}
{% endmacro %}

{% macro duckdb__row_id() -%}
    (row_number() over ())
{%- endmacro %}

{% macro spark__row_id() -%}
    (monotonically_increasing_id() + 1)
{%- endmacro %}
