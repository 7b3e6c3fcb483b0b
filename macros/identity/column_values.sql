{#- The values of text columns of a contract table, all systems together: source, column_name, column_value (never null). -#}
{% macro column_values(table, columns) -%}
(
    {%- set names = [] -%}
    {%- for column in columns -%}
        {%- do names.append(quoted(column)) -%}
    {%- endfor %}
    select
        source,
        column_name,
        column_value
    from (
        select
            source,
            {{ names | join(', ') }}
        from {{ every_system(table, has_erasures()) }} as every_system
    ) as every_row unpivot (column_value for column_name in ({{ names | join(', ') }}))
)
{%- endmacro %}
