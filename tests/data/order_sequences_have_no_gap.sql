-- A customer's valid orders are numbered 1 to n, the first in time first.
with numbered as (
    select
        customer_key,
        order_sequence,
        row_number() over (
            partition by customer_key
            order by ordered_at, order_id, source
        ) as expected_sequence
    from {{ ref('orders') }}
    where
        is_valid
        and customer_key is not null
)

select *
from numbered
where order_sequence <> expected_sequence
