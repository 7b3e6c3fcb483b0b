{#- A text as it is published: 'other', unless it is one of the common texts; null stays null.

    `owner` is whose attribute it is (order, customer), `column` its column, with or without an alias before it. -#}
{% macro published_value(owner, column) -%}
    case
        when {{ column }} is null then null
        when {{ column }} in (
            select common.value
            from {{ ref('int_common_' ~ owner ~ '_texts') }} as common
            where common.column_name = {{ literal(column.split('.') | last) }}
        ) then {{ column }}
        else 'other'
    end
{%- endmacro %}
