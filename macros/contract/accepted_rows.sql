{#- The accepted rows of a contract table: a whole staging model. -#}
{% macro accepted_rows(table) %}
{%- set contract = raw_contract()[table] -%}
select
    typed.row_id,
    typed.source
    {%- for column in (contract.columns | list) + (contract.derived | list) %},
    typed.{{ quoted(column) }}
    {%- endfor %}
from {{ ref('base_' ~ table) }} as typed
left join {{ ref('quarantine_' ~ table) }} as fates
    on typed.row_id = fates.row_id
where fates.row_id is null
{% endmacro %}
