{#- All systems' rows of a contract table as one relation to select from. -#}
{% macro every_system(table) -%}
(
    {%- for system, tables in var('systems').items() if table in tables %}
    {{ 'union all' if not loop.first }}
    select * from {{ ref(system ~ '__' ~ table) }}
    {%- endfor %}
)
{%- endmacro %}
