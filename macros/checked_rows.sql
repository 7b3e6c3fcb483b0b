{#- Every row of a contract table with its fate and reason: a whole staging model. -#}
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
    coalesce(fates.fate, 'accepted') as fate,
    fates.reject_reason,
    fates.raw_row
from {{ ref('typed_' ~ table) }} as typed
left join {{ ref('fates_' ~ table) }} as fates
    on typed.row_id = fates.row_id
{% endmacro %}
