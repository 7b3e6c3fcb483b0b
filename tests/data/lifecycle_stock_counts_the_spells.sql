{{ config(enabled=has_subjects(['lifecycle'])) }}
-- Stock by the range filter on spells, as anybody would ask for one day (a month's last, as_of), and all
-- attributed sales in it.
with counted as (
    select
        stock.period_grain,
        stock.period_end,
        stock.stage,
        stock.customers,
        count(spells.customer_key) as spells
    from {{ ref('lifecycle_stock') }} as stock
    left join {{ ref('lifecycle_spells') }} as spells
        on
            stock.stage = spells.stage
            and stock.period_end >= spells.started_on
            and stock.period_end < coalesce(spells.ended_on, date '9999-12-31')
    where
        stock.period_grain = 'month'
        or stock.period_end = (select dates.as_of from {{ ref('as_of') }} as dates)
    group by
        stock.period_grain,
        stock.period_end,
        stock.stage,
        stock.customers
),

sales as (
    select coalesce(sum(net_amount), 0) as net_amount
    from {{ ref('orders') }}
    where
        is_valid
        and customer_key is not null
),

stock_sales as (
    select
        period_grain,
        sum(net_amount) as net_amount
    from {{ ref('lifecycle_stock') }}
    group by period_grain
)

select
    period_grain,
    period_end,
    stage,
    customers - spells as difference
from counted
where customers <> spells
union all
select
    stock_sales.period_grain,
    null as period_end,
    null as stage,
    stock_sales.net_amount - sales.net_amount as difference
from stock_sales
cross join sales
where stock_sales.net_amount <> sales.net_amount
