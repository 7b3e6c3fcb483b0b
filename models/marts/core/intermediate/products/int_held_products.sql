with int_held_products as (
    select
        customer_number,
        product_number,
        min(order_date) as held_from
    from {{ ref('int_ordered_products') }}
    where customer_number is not null
    group by
        customer_number,
        product_number
)

select * from int_held_products
