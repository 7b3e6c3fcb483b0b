{#- All systems' rows of a contract table, numbered, as they will be written: a whole staging model. -#}
{% macro typed_rows(table) %}
select
    {{ row_id() }} as row_id,
    every_system.*
from (
    {%- for system, settings in var('systems').items() if table in settings.fills %}
    {{ 'union all' if not loop.first }}
    select * from {{ ref(system ~ '__' ~ table) }}
    {%- endfor %}
) as every_system
{% endmacro %}
