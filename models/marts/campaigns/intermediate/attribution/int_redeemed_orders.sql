-- An order is its last coupon's. A coupon that names no order is for the customer's first order of its day.
with redeems as (
    select
        campaign_number,
        customer_number,
        occurred_at,
        event_date,
        order_number,
        has_order_id
    from {{ ref('int_campaign_events') }}
    where
        campaign_step = 'redeem'
        and campaign_number is not null
),

claimed as (
    select
        orders.order_number,
        redeems.campaign_number,
        redeems.occurred_at
    from redeems
    inner join {{ ref('orders') }} as orders
        on redeems.order_number = orders.order_number
    where orders.is_valid
    union all
    select
        orders.order_number,
        redeems.campaign_number,
        redeems.occurred_at
    from redeems
    inner join {{ ref('orders') }} as orders
        on
            redeems.customer_number = orders.customer_number
            and redeems.event_date = orders.order_date
    where
        not redeems.has_order_id
        and orders.is_valid
        and coalesce(orders.previous_order_date < orders.order_date, true)
),

int_redeemed_orders as (
    select
        order_number,
        campaign_number
    from claimed
    qualify row_number() over (
        partition by order_number
        order by occurred_at desc, campaign_number desc
    ) = 1
)

select * from int_redeemed_orders
