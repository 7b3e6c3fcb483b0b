{{ config(enabled=has_subjects(['customer_share'])) }}
-- Over all time each grain holds every sale: days, weeks, months, quarters and years the same, and over all
-- time sales less credit notes are the ledger.
with orders as (
    select
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(net_amount) filter (where order_class = 'new'), 0) as new_net_amount,
        count(*) as orders
    from {{ ref('orders') }}
    where is_valid
),

grains as (
    select
        period_grain,
        sum(total_net_amount) as net_amount,
        sum(new_net_amount) as new_net_amount,
        sum(orders) as orders,
        sum(credit_note_amount) as credit_note_amount,
        sum(ledger_net_amount) as ledger_net_amount
    from {{ ref('new_customer_share') }}
    where breakdown = 'total'
    group by period_grain
)

select
    grains.period_grain,
    grains.net_amount,
    orders.net_amount as expected_net_amount
from grains
cross join orders
where
    grains.net_amount <> orders.net_amount
    or grains.new_net_amount <> orders.new_net_amount
    or grains.orders <> orders.orders
    or grains.net_amount - grains.credit_note_amount <> grains.ledger_net_amount
