-- The refunds of valid orders are those on the orders, each counted once.
with refunds as (
    select coalesce(sum(amount), 0) as amount
    from {{ ref('refunds') }}
    where
        not is_credit_note
        and is_valid
),

orders as (
    select coalesce(sum(refund_amount), 0) as amount
    from {{ ref('orders') }}
)

select
    refunds.amount,
    orders.amount as orders_amount
from refunds
cross join orders
where refunds.amount <> orders.amount
