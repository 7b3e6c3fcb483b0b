{{ config(enabled=has_subjects(['campaigns'])) }}
-- What each kind of campaign sent, and the sales put down to it, are the same by campaign and by month;
-- every such order is a sale, and of one campaign; what was spent on campaigns is in some month.
with results as (
    select
        coalesce(kind, 'unknown') as kind,
        sum(sends) as sends,
        sum(attributed_orders) as orders,
        sum(attributed_net_amount) as net_amount
    from {{ ref('campaign_results') }}
    group by coalesce(kind, 'unknown')
),

months as (
    select
        kind,
        sum(sends) as sends,
        sum(attributed_orders) as orders,
        sum(attributed_net_amount) as net_amount
    from {{ ref('automation') }}
    group by kind
),

sold as (
    select
        count(*) as orders,
        coalesce(sum(orders.net_amount), 0) as net_amount
    from {{ ref('orders') }} as orders
    inner join {{ ref('int_attributed_orders') }} as attributed
        on orders.order_number = attributed.order_number
    where orders.is_valid
),

sums as (
    select
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(net_amount), 0) as net_amount
    from results
),

spent as (
    select coalesce(sum(amount), 0) as amount
    from {{ ref('marketing_spend') }}
    where campaign_key is not null
),

monthly_spend as (
    select coalesce(sum(spend_amount), 0) as amount
    from {{ ref('automation') }}
)

select
    'of a kind' as what,
    results.kind
from results
full outer join months
    on results.kind = months.kind
where
    coalesce(results.sends, 0) <> coalesce(months.sends, 0)
    or coalesce(results.orders, 0) <> coalesce(months.orders, 0)
    or coalesce(results.net_amount, 0) <> coalesce(months.net_amount, 0)
union all
select
    'of sales' as what,
    null as kind
from sold
cross join sums
where
    sold.orders <> sums.orders
    or sold.net_amount <> sums.net_amount
union all
select
    'of spend' as what,
    null as kind
from spent
cross join monthly_spend
where spent.amount <> monthly_spend.amount
