-- Sold where the order says, else where its customer lives; countries as they were delivered, like those
-- of a market.
with int_category_sales as (
    select
        products.category,
        coalesce(sales.stated_country, people.country) as country,
        cast(year(sales.order_date) as bigint) as year,
        sum(bought.amount) as own_amount
    from {{ ref('int_order_products') }} as bought
    inner join {{ ref('orders') }} as sales
        on bought.order_row_id = sales.order_number
    inner join {{ ref('products') }} as products
        on
            sales.source = products.source
            and bought.product_id = products.product_id
    left join {{ ref('int_customer_countries') }} as people
        on sales.customer_number = people.customer_number
    where
        sales.is_valid
        and products.category is not null
    group by
        products.category,
        coalesce(sales.stated_country, people.country),
        year(sales.order_date)
)

select * from int_category_sales
