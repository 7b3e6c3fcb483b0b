{{ config(enabled=has_subjects(['advocacy'])) }}
-- What comes into a tier is its stock, what goes out of it its stock of the month before, and who comes from
-- nowhere ordered for the first time.
with inflows as (
    select
        month_start,
        to_tier as tier,
        sum(customers) as customers
    from {{ ref('advocacy_tier_movements') }}
    group by
        month_start,
        to_tier
),

outflows as (
    select
        {{ add_to_date('month', -1, 'month_start') }} as month_start,
        from_tier as tier,
        sum(customers) as customers
    from {{ ref('advocacy_tier_movements') }}
    group by
        {{ add_to_date('month', -1, 'month_start') }},
        from_tier
),

last_months as (
    select max(month_start) as month_start
    from {{ ref('advocacy_tier_summary') }}
),

newcomers as (
    select
        month_start,
        sum(customers) as customers
    from {{ ref('advocacy_tier_movements') }}
    where from_tier = 'none'
    group by month_start
),

first_orders as (
    select
        {{ period_start('month', 'first_order_date') }} as month_start,
        count(*) as customers
    from {{ ref('customers') }}
    group by {{ period_start('month', 'first_order_date') }}
)

select
    'stock' as failure,
    stocks.month_start,
    stocks.tier
from {{ ref('advocacy_tier_summary') }} as stocks
cross join last_months
left join inflows
    on
        stocks.month_start = inflows.month_start
        and stocks.tier = inflows.tier
left join outflows
    on
        stocks.month_start = outflows.month_start
        and stocks.tier = outflows.tier
where
    stocks.customers <> coalesce(inflows.customers, 0)
    or (
        stocks.customers <> coalesce(outflows.customers, 0)
        and stocks.month_start < last_months.month_start
    )
union all
select
    'newcomers' as failure,
    newcomers.month_start,
    'none' as tier
from newcomers
left join first_orders
    on newcomers.month_start = first_orders.month_start
where newcomers.customers <> coalesce(first_orders.customers, 0)
