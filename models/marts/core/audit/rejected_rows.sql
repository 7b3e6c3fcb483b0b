{%- set tables = raw_contract() -%}
with rejected as (
    {%- for table, rules in tables.items() %}
    {{ 'union all' if not loop.first }}
    select
        typed.source,
        {{ literal(table) }} as raw_table,
        nullif(
            concat_ws(
                ':'
                {#- without what names somebody: an address, a respondent, an account id with an @ #}
                {%- for column in rules.key if column not in ('email', 'phone', 'respondent_id') %},
                {%- set key = published_id(column) if rules.columns[column] == 'person' else column %}
                cast({{ key }} as {{ dbt.type_string() }})
                {%- endfor %}
            ), ''
        ) as row_key,
        fates.reject_reason as reason,
        fates.raw_row
    from {{ ref('quarantine_' ~ table) }} as fates
    inner join {{ ref('base_' ~ table) }} as typed
        on fates.row_id = typed.row_id
    where fates.row_status = 'rejected'
    {%- endfor %}
),

rejected_rows as (
    select
        source || ':' || raw_table || ':' || cast(
            row_number() over (
                partition by source, raw_table
                order by row_key nulls first, reason, raw_row
            ) as {{ dbt.type_string() }}
        ) as rejected_row_key,
        source,
        raw_table,
        row_key,
        reason
    from rejected
)

select * from rejected_rows
