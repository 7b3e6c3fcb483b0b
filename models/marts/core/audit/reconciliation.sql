{#- Raw rows are counted where they were read, fates where they were decided: so the sum can fail. -#}
with counts as (
    {%- for table in raw_contract() %}
    {{ 'union all' if not loop.first }}
    select
        source,
        {{ literal(table) }} as raw_table,
        count(*) as raw_rows,
        0 as accepted_rows,
        0 as superseded_rows,
        0 as rejected_rows
    from {{ ref('base_' ~ table) }}
    group by source
    union all
    select
        source,
        {{ literal(table) }} as raw_table,
        0 as raw_rows,
        count(*) as accepted_rows,
        0 as superseded_rows,
        0 as rejected_rows
    from {{ ref('stg_' ~ table) }}
    group by source
    union all
    select
        typed.source,
        {{ literal(table) }} as raw_table,
        0 as raw_rows,
        0 as accepted_rows,
        count(*) filter (where fates.row_status = 'superseded') as superseded_rows,
        count(*) filter (where fates.row_status = 'rejected') as rejected_rows
    from {{ ref('quarantine_' ~ table) }} as fates
    inner join {{ ref('base_' ~ table) }} as typed
        on fates.row_id = typed.row_id
    group by typed.source
    {%- endfor %}
    {%- for shop in shops() if execute %}
    {%- for table in raw_contract() if table != 'erasures' %}
    union all
    select
        {{ literal(shop.name) }} as source,
        {{ literal(table) }} as raw_table,
        0 as raw_rows,
        0 as accepted_rows,
        0 as superseded_rows,
        0 as rejected_rows
    {%- endfor %}
    {%- endfor %}
),

reconciliation as (
    select
        source || ':' || raw_table as reconciliation_key,
        source,
        raw_table,
        cast(sum(raw_rows) as bigint) as raw_rows,
        cast(sum(accepted_rows) as bigint) as accepted_rows,
        cast(sum(superseded_rows) as bigint) as superseded_rows,
        cast(sum(rejected_rows) as bigint) as rejected_rows
    from counts
    group by
        source,
        raw_table
)

select * from reconciliation
