{{ config(enabled=has_subjects(['customer_share'])) }}
-- What a month ends with, the next one begins with, and all months together are all attributed sales.
with months as (
    select
        month_start,
        net_amount,
        previous_net_amount,
        lag(net_amount) over (order by month_start) as carried_net_amount
    from {{ ref('growth_accounting') }}
),

sums as (
    select coalesce(sum(net_amount), 0) as net_amount
    from months
),

orders as (
    select coalesce(sum(net_amount), 0) as net_amount
    from {{ ref('orders') }}
    where
        is_valid
        and customer_key is not null
)

select
    'month' as failure,
    months.net_amount
from months
where coalesce(months.carried_net_amount, 0) <> months.previous_net_amount
union all
select
    'sum' as failure,
    sums.net_amount
from sums
cross join orders
where sums.net_amount <> orders.net_amount
