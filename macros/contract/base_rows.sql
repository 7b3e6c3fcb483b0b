{#- All systems' rows of a contract table, numbered, as they will be written: a whole staging model.

    What belongs to somebody who asked to be erased is left out before it is written (macro erased_rows). -#}
{% macro base_rows(table) %}
{%- set erased = erased_rows(table) -%}
select
    {{ row_id() }} as row_id,
    every_system.*
    {{- ', false as is_scrubbed' if not has_erasures() }}
from {{ erased if has_erasures() else every_system(table) }} as every_system
{% endmacro %}
