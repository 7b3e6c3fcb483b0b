-- the lines' goods, before refunds
with int_own_spend as (
    select
        sales.customer_number,
        products.category,
        cast(year(sales.order_date) as bigint) as year,
        cast(sum(bought.amount) as decimal(18, 4)) as own_amount
    from {{ ref('int_order_products') }} as bought
    inner join {{ ref('int_valid_orders') }} as sales
        on bought.order_row_id = sales.order_number
    inner join {{ ref('products') }} as products
        on
            sales.source = products.source
            and bought.product_id = products.product_id
    where
        sales.customer_number is not null
        and products.category is not null
    group by
        sales.customer_number,
        products.category,
        year(sales.order_date)
)

select * from int_own_spend
