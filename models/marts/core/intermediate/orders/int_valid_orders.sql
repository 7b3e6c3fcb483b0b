{{ config(materialized='view') }}

select
    order_number,
    customer_number,
    source,
    coalesce(channel, 'unknown') as channel,
    coalesce(device, 'unknown') as device,
    coalesce(country, 'unknown') as country,
    order_date,
    order_class,
    new_order_date,
    customer_number is not null and (
        previous_order_date is null
        or order_date > {{ add_to_date('day', number_var('new_to_window_days'), 'previous_order_date') }}
    ) as is_new_to_window,
    is_left_censored,
    gross_amount - discount_amount as goods_amount,
    net_amount
from {{ ref('orders') }}
where is_valid
