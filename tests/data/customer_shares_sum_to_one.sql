{{ config(enabled=has_subjects(['customer_share'])) }}
-- The shares of a month sum to 1 (to the rounding of its rows), and its amounts to the sales of the window.
with months as (
    select
        month_start,
        count(*) as customers,
        sum(share_of_sales) as share_of_sales,
        sum(net_amount_12m) filter (where orders_12m > 0 and customer_key <> 'unattributed') as net_amount
    from {{ ref('customer_share') }}
    group by month_start
)

select
    months.month_start,
    months.share_of_sales,
    months.net_amount,
    windows.net_amount as expected_net_amount
from months
inner join {{ ref('concentration') }} as windows
    on
        months.month_start = windows.month_start
        and windows.measure_window = 'trailing_12m'
where
    abs(months.share_of_sales - 1) > 0.000000001 * months.customers
    or coalesce(months.net_amount, 0) <> windows.net_amount
