-- A customer's valid orders are numbered 1 to n, never against their business dates, nor against the
-- time of a day.
with numbered as (
    select
        customer_key,
        order_sequence,
        order_date,
        ordered_at,
        row_number() over customer_orders as expected_sequence,
        lag(order_date) over customer_orders as previous_date,
        lag(ordered_at) over customer_orders as previous_time
    from {{ ref('orders') }}
    where
        is_valid
        and customer_key is not null
    window customer_orders as (
        partition by customer_key
        order by order_sequence
    )
)

select *
from numbered
where
    order_sequence <> expected_sequence
    or order_date < previous_date
    or (order_date = previous_date and ordered_at < previous_time)
