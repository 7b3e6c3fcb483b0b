{#- The accepted rows of a contract table: a whole staging model. -#}
{% macro accepted_rows(table) %}
select
    typed.row_id,
    {{ accepted_columns(table, 'typed') | indent(4) | trim }}
from {{ ref('base_' ~ table) }} as typed
left join {{ ref('quarantine_' ~ table) }} as fates
    on typed.row_id = fates.row_id
where fates.row_id is null
{% endmacro %}

{#- The columns of the rows of a contract table, as accepted rows have them: where nothing was given the column's `default`. -#}
{% macro accepted_columns(table, rows) -%}
{%- set contract = raw_contract()[table] -%}
{%- set default = contract.default or {} -%}
{{ rows }}.source
{%- for column in (contract.columns | list) + (contract.derived | list) %}
{%- set value = rows ~ '.' ~ quoted(column) %},
{{ 'coalesce(' ~ value ~ ', ' ~ default[column] | lower ~ ') as ' ~ quoted(column) if column in default else value }}
{%- endfor %}
{%- endmacro %}
