{#- All systems' rows of a contract table as one relation to select from; none of them where they are not needed.

    The system `files` is the contract's own shape: its files are read in place, those of another by its mapping. -#}
{% macro every_system(table, needed=true) -%}
(
    {{ source_rows('files', table) if needed else contract_rows(table, []) }}
    {#- what dbt does not see while it parses, it does not build before -#}
    {%- for system, tables in var('systems').items() if system != 'files' and table in tables and (needed or not execute) %}
    union all
    select * from {{ ref(system ~ '__' ~ table) }}
    {%- endfor %}
)
{%- endmacro %}
