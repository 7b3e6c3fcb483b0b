{{ config(enabled=has_subjects(['customer_share'])) }}
-- In every period the values of a breakdown add up to the total.
with sums as (
    select
        period_grain,
        period_start,
        breakdown,
        sum(total_net_amount) as total_net_amount,
        sum(new_net_amount) as new_net_amount,
        sum(returning_net_amount) as returning_net_amount,
        sum(unattributed_net_amount) as unattributed_net_amount,
        sum(new_customer_net_amount) as new_customer_net_amount,
        sum(new_to_window_net_amount) as new_to_window_net_amount,
        sum(ledger_net_amount) as ledger_net_amount,
        sum(credit_note_amount) as credit_note_amount,
        sum(orders) as orders,
        sum(new_orders) as new_orders
    from {{ ref('new_customer_share') }}
    group by
        period_grain,
        period_start,
        breakdown
)

select
    sums.period_grain,
    sums.period_start,
    sums.breakdown
from sums
inner join sums as totals
    on
        sums.period_grain = totals.period_grain
        and sums.period_start = totals.period_start
        and totals.breakdown = 'total'
where
    sums.total_net_amount <> totals.total_net_amount
    or sums.new_net_amount <> totals.new_net_amount
    or sums.returning_net_amount <> totals.returning_net_amount
    or sums.unattributed_net_amount <> totals.unattributed_net_amount
    or sums.new_customer_net_amount <> totals.new_customer_net_amount
    or sums.new_to_window_net_amount <> totals.new_to_window_net_amount
    or sums.ledger_net_amount <> totals.ledger_net_amount
    or sums.credit_note_amount <> totals.credit_note_amount
    or sums.orders <> totals.orders
    or sums.new_orders <> totals.new_orders
