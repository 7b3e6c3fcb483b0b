-- A coupon that was given in says more than a click.
with campaigns as (
    select
        coalesce(redeemed.order_number, clicked.order_number) as order_number,
        coalesce(redeemed.campaign_number, clicked.campaign_number) as campaign_number
    from {{ ref('int_redeemed_orders') }} as redeemed
    full outer join {{ ref('int_clicked_orders') }} as clicked
        on redeemed.order_number = clicked.order_number
),

int_attributed_orders as (
    select
        orders.order_number,
        campaigns.campaign_number,
        orders.customer_number,
        orders.order_date,
        orders.net_amount
    from campaigns
    inner join {{ ref('orders') }} as orders
        on campaigns.order_number = orders.order_number
)

select * from int_attributed_orders
