{#- All systems' rows of a contract table, numbered, as they will be written: a whole staging model.

    What belongs to somebody who asked to be erased is left out before it is written (macro erased_rows). -#}
{% macro base_rows(table) %}
{%- set is_asked_for = has_erasures() -%}
select
    {{ row_id() }} as row_id,
    every_system.*
    {{- ', false as is_scrubbed' if not is_asked_for }}
from {{ erased_rows(table) if is_asked_for or not execute }}{{ every_system(table) if not is_asked_for }} as every_system
{% endmacro %}
