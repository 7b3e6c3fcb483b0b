{{ config(enabled=has_subjects(['customer_share'])) }}
-- At as_of the all-time concentration is that of all customers with an order, and of their net amounts.
with customers as (
    select
        count(*) as customers,
        coalesce(sum(net_amount), 0) as net_amount
    from {{ ref('customers') }}
    where orders > 0
),

last_month as (
    select
        customers,
        net_amount
    from {{ ref('concentration') }}
    where measure_window = 'all_time'
    order by month_start desc
    limit 1
)

select
    customers.customers,
    last_month.customers as customers_found,
    customers.net_amount,
    last_month.net_amount as net_amount_found
from last_month
cross join customers
where
    customers.customers <> last_month.customers
    or customers.net_amount <> last_month.net_amount
