{#- A text as it is published: 'other', unless it is one of int_common_values; null stays null.

    `table` is the core table whose attribute it is (orders, customers, events), `column` its column, with or
    without an alias before it. -#}
{% macro published_value(table, column) -%}
    case
        when {{ column }} is null then null
        when {{ column }} in (
            select common.value
            from {{ ref('int_common_values') }} as common
            where
                common.table_name = {{ literal(table) }}
                and common.column_name = {{ literal(column.split('.') | last) }}
        ) then {{ column }}
        else 'other'
    end
{%- endmacro %}
