{#- Every row of a contract table with its row_status and reason: a whole staging model. -#}
{% macro checked_rows(table) %}
{%- set contract = raw_contract()[table] -%}
select
    typed.row_id,
    typed.source,
    {%- for column in contract.columns %}
    typed.{{ quoted(column) }},
    {%- endfor %}
    {%- for date in contract.dates.values() %}
    typed.{{ date }},
    {%- endfor %}
    typed.is_scrubbed,
    coalesce(fates.row_status, 'accepted') as row_status,
    fates.reject_reason,
    fates.raw_row
from {{ ref('base_' ~ table) }} as typed
left join {{ ref('quarantine_' ~ table) }} as fates
    on typed.row_id = fates.row_id
{% endmacro %}
