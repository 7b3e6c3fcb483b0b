with orders as (
    select
        staged.source || ':' || staged.order_id as order_key,
        staged.source,
        staged.order_id,
        people.customer_key,
        staged.ordered_at,
        staged.order_date,
        staged.status,
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
        staged.channel,
        staged.device,
        staged.country,
        staged.region,
        staged.coupon_code,
        staged.referral_code,
        facts.previous_order_date,
        facts.next_order_date
    from {{ ref('int_orders') }} as facts
    inner join {{ ref('stg_orders') }} as staged
        on facts.order_row_id = staged.row_id
    inner join {{ ref('int_order_amounts') }} as amounts
        on facts.order_row_id = amounts.order_row_id
    left join {{ ref('int_people') }} as people
        on facts.person_number = people.person_number
)

select * from orders
