with int_order_days as (
    select
        customer_number,
        order_date,
        row_number() over customer_days as day_number,
        lag(order_date) over customer_days as previous_order_date,
        lead(order_date) over customer_days as next_order_date,
        count(*) as orders,
        cast(sum(net_amount) as decimal(18, 4)) as net_amount
    from {{ ref('int_valid_orders') }}
    where customer_number is not null
    group by
        customer_number,
        order_date
    window customer_days as (
        partition by customer_number
        order by order_date
    )
)

select * from int_order_days
