-- What customers bought is what their orders say, less their credit notes: nothing doubled, nothing lost.
with customers as (
    select
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(orders), 0) as orders
    from {{ ref('customers') }}
),

orders as (
    select
        coalesce(sum(net_amount), 0) as net_amount,
        count(*) as orders
    from {{ ref('orders') }}
    where
        is_valid
        and customer_key is not null
),

credit_notes as (
    select coalesce(sum(amount), 0) as amount
    from {{ ref('refunds') }}
    where
        is_credit_note
        and is_valid
        and customer_key is not null
)

select
    customers.net_amount,
    orders.net_amount - credit_notes.amount as expected_net_amount
from customers
cross join orders
cross join credit_notes
where
    customers.net_amount <> orders.net_amount - credit_notes.amount
    or customers.orders <> orders.orders
