{#- Columns of a row (name: expression) as one JSON text. -#}
{% macro to_row_json(columns) %}
    {{ return(adapter.dispatch('to_row_json')(columns)) }}
{% endmacro %}

{% macro duckdb__to_row_json(columns) %}
    {%- set fields = [] -%}
    {%- for name, expression in columns.items() -%}
        {%- do fields.append(quoted(name) ~ ' := ' ~ expression) -%}
    {%- endfor -%}
    cast(to_json(struct_pack({{ fields | join(', ') }})) as varchar)
{%- endmacro %}

{% macro spark__to_row_json(columns) %}
    {%- set fields = [] -%}
    {%- for name, expression in columns.items() -%}
        {%- do fields.append(literal(name) ~ ', ' ~ expression) -%}
    {%- endfor -%}
    to_json(named_struct({{ fields | join(', ') }}), map('ignoreNullFields', 'false'))
{%- endmacro %}
