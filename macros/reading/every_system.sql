{#- All systems' rows of a contract table as one relation to select from; none of them where they are not needed.

    The system `files` is the contract's own shape: its files are read in place, those of another by its mapping. -#}
{% macro every_system(table, needed=true) -%}
(
    {{ source_rows('files', table) if needed else contract_rows(table, []) }}
    {#- while dbt parses it sees all of them; what is compiled holds only those of the shops -#}
    {%- for system, tables in var('systems').items()
        if system != 'files' and table in tables and (not execute or needed and shops(system)) %}
    union all
    select * from {{ ref(system ~ '__' ~ table) }}
    {%- endfor %}
)
{%- endmacro %}
