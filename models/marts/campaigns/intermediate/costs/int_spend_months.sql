-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
with spend as (
    select
        {{ period_start('month', 'spend_date') }} as month_start,
        {{ known_channel('channel') }} as channel,
        purpose,
        amount
    from {{ ref('marketing_spend') }}
),

int_spend_months as (
    select
        month_start,
        case when grouping(channel) = 1 then 'all' else channel end as channel,
        sum(amount) filter (where purpose = 'acquisition') as acquisition_amount,
        sum(amount) filter (where purpose = 'retention') as retention_amount,
        sum(amount) filter (where coalesce(purpose not in ('acquisition', 'retention'), true))
            as unassigned_amount
    from spend
    group by grouping sets ((month_start), (month_start, channel))
)

select * from int_spend_months
