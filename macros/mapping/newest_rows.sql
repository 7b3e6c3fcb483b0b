{#- A raw table (macro raw_table) in which a row may be there again, older or the same: one row of each key, the newest by
    `version` (an expression; none: the rows say nothing of it), of rows equally new the greatest by its columns. -#}
{% macro newest_rows(shop, table, keys, version=none) -%}
(
    select *
    from {{ raw_table(shop, table) }} as raw_rows
    qualify row_number() over (
        partition by {{ keys | join(', ') }}
        order by
            {{ version or keys[0] }} desc nulls last
            {%- for column in system_tables(shop.system)[table].known %},
            {{ column }} desc nulls last
            {%- endfor %}
    ) = 1
)
{%- endmacro %}
