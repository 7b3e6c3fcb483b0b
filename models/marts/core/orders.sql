with orders as (
    select
        staged.source || ':' || staged.order_id as order_key,
        staged.source,
        staged.order_id,
        facts.order_row_id as order_number,
        people.customer_key,
        staged.ordered_at,
        staged.order_date,
        {{ published_value('orders', 'staged.status') }} as status,
        facts.is_valid,
        facts.order_sequence,
        facts.order_class,
        facts.gross_amount,
        facts.discount_amount,
        facts.refund_amount,
        facts.net_amount,
        amounts.lines,
        amounts.distinct_products,
        amounts.units,
        facts.channel,
        facts.device,
        facts.country,
        {{ published_value('orders', 'staged.region') }} as region,
        {{ published_value('orders', 'staged.coupon_code') }} as coupon_code,
        {{ published_value('orders', 'staged.referral_code') }} as referral_code,
        facts.previous_order_date,
        facts.next_order_date
    from {{ ref('int_orders') }} as facts
    inner join {{ ref('stg_orders') }} as staged
        on facts.order_row_id = staged.row_id
    inner join {{ ref('int_order_amounts') }} as amounts
        on facts.order_row_id = amounts.order_row_id
    left join {{ ref('int_customers_keyed') }} as people
        on facts.customer_number = people.customer_number
)

select * from orders
