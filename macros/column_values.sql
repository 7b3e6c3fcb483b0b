{#- The values of text columns of a contract table, all systems together: source, column_name, column_value (never null). -#}
{% macro column_values(table, columns) -%}
(
    {%- set quoted = [] -%}
    {%- for column in columns -%}
        {%- do quoted.append(adapter.quote(column)) -%}
    {%- endfor %}
    select
        source,
        column_name,
        column_value
    from (
        select
            source,
            {{ quoted | join(', ') }}
        from {{ every_system(table) }} as every_system
    ) as every_row unpivot (column_value for column_name in ({{ quoted | join(', ') }}))
)
{%- endmacro %}
