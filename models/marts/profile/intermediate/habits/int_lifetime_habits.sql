with paid as (
    select
        customer_number,
        payment_method,
        count(*) as orders,
        count(*) filter (where distinct_products > 0) as known_orders,
        count(*) filter (where distinct_products > 1) as multi_item_orders
    from {{ ref('orders') }}
    where
        is_valid
        and customer_number is not null
    group by
        customer_number,
        payment_method
),

-- no method is no preference, as long as there is one
ranked as (
    select
        customer_number,
        payment_method,
        sum(known_orders) over (partition by customer_number) as known_orders,
        sum(multi_item_orders) over (partition by customer_number) as multi_item_orders
    from paid
    qualify row_number() over (
        partition by customer_number
        order by payment_method is null asc, orders desc, payment_method asc
    ) = 1
),

int_lifetime_habits as (
    select
        ranked.customer_number,
        ranked.payment_method as payment_preference,
        {{ share_of('ranked.multi_item_orders', 'ranked.known_orders') }} as multi_item_share
    from ranked
)

select * from int_lifetime_habits
