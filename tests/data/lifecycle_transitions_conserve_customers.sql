{{ config(enabled=has_subjects(['lifecycle'])) }}
-- Who comes into a stage is its stock, who leaves it was its stock a month before; probabilities sum to 1.
with stock as (
    select
        {{ period_start('month', 'period_end') }} as month_start,
        stage,
        customers,
        lag(customers) over (partition by stage order by period_end) as previous_customers
    from {{ ref('lifecycle_stock') }}
    where period_grain = 'month'
),

inflows as (
    select
        month_start,
        to_stage as stage,
        sum(customers) as customers
    from {{ ref('lifecycle_transitions') }}
    group by
        month_start,
        to_stage
),

outflows as (
    select
        month_start,
        from_stage as stage,
        sum(customers) as customers,
        sum(probability) as probability
    from {{ ref('lifecycle_transitions') }}
    where from_stage <> 'none'
    group by
        month_start,
        from_stage
)

select
    stock.month_start,
    stock.stage
from stock
left join inflows
    on
        stock.month_start = inflows.month_start
        and stock.stage = inflows.stage
left join outflows
    on
        stock.month_start = outflows.month_start
        and stock.stage = outflows.stage
where
    stock.customers <> coalesce(inflows.customers, 0)
    or stock.previous_customers <> coalesce(outflows.customers, 0)
    or abs(outflows.probability - 1) > 0.00000001
