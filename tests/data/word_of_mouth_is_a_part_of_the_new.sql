{{ config(enabled=has_subjects(['advocacy', 'customer_share'])) }}
-- Referred orders are new ones, so their share is never above the new share, unless a new order of the month
-- is negative.
with negative_months as (
    select distinct {{ period_start('month', 'order_date') }} as month_start
    from {{ ref('orders') }}
    where
        is_valid
        and order_class = 'new'
        and net_amount < 0
)

select
    word_of_mouth.month_start,
    word_of_mouth.wom_revenue_share,
    new_customer_share.new_order_share
from {{ ref('word_of_mouth') }} as word_of_mouth
inner join {{ ref('new_customer_share') }} as new_customer_share
    on
        word_of_mouth.month_start = new_customer_share.period_start
        and new_customer_share.period_grain = 'month'
        and new_customer_share.breakdown = 'total'
left join negative_months
    on word_of_mouth.month_start = negative_months.month_start
where
    negative_months.month_start is null
    and (
        word_of_mouth.referred_net_amount > new_customer_share.new_net_amount
        or word_of_mouth.wom_revenue_share > new_customer_share.new_order_share
        or word_of_mouth.referred_orders > new_customer_share.new_orders
    )
