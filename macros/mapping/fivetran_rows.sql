{#- A raw table that Fivetran loads, without what was deleted at its source: of each key the row that was synced last. -#}
{% macro fivetran_rows(shop, table, keys) -%}
    (
        select *
        from {{ newest_rows(shop, table, keys, 'fivetran_synced') }} as synced
        where not {{ is_true('fivetran_deleted') }}
    )
{%- endmacro %}
