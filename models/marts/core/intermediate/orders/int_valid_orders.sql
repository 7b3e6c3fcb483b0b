with new_orders as (
    select
        customer_number,
        min(order_date) as new_order_date
    from {{ ref('int_orders') }}
    where order_class = 'new'
    group by customer_number
),

int_valid_orders as (
    select
        orders.order_row_id,
        orders.customer_number,
        orders.source,
        coalesce(orders.channel, 'unknown') as channel,
        coalesce(orders.device, 'unknown') as device,
        coalesce(orders.country, 'unknown') as country,
        orders.order_date,
        orders.order_class,
        new_orders.new_order_date,
        orders.customer_number is not null and (
            orders.previous_order_date is null
            or orders.order_date
            > {{ add_to_date('day', number_var('new_to_window_days'), 'orders.previous_order_date') }}
        ) as is_new_to_window,
        orders.is_left_censored,
        orders.gross_amount - orders.discount_amount as goods_amount,
        orders.net_amount
    from {{ ref('int_orders') }} as orders
    left join new_orders
        on orders.customer_number = new_orders.customer_number
    where orders.is_valid
)

select * from int_valid_orders
