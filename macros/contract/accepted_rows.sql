{#- The accepted rows of a contract table: a whole staging model. -#}
{% macro accepted_rows(table) %}
{%- set contract = raw_contract()[table] -%}
select
    row_id,
    source
    {%- for column in (contract.columns | list) + (contract.dates.values() | list) %},
    {{ quoted(column) }}
    {%- endfor %}
from {{ ref('checked_' ~ table) }}
where row_status = 'accepted'
{% endmacro %}
