{#- All systems' rows of a contract table, numbered, as they will be written: a whole staging model.

    Of tables that name people, what belongs to somebody who asked to be erased is left out before it is
    written (macro erased_rows). -#}
{% macro typed_rows(table) %}
{%- set has_people = table in ('orders', 'refunds', 'customers', 'events', 'identities') -%}
{%- set erased = erased_rows(table) if has_people -%}
select
    {{ row_id() }} as row_id,
    every_system.*
from {{ erased if has_people and has_erasures() else every_system(table) }} as every_system
{% endmacro %}
