-- of lines whose product's cost is known
with costs as (
    select
        sales.customer_number,
        sum(bought.amount) as amount,
        sum(cast(bought.priced_units as decimal(28, 4)) * products.unit_cost) as cost
    from {{ ref('int_order_products') }} as bought
    inner join {{ ref('int_valid_orders') }} as sales
        on bought.order_row_id = sales.order_number
    inner join {{ ref('products') }} as products
        on
            sales.source = products.source
            and bought.product_id = products.product_id
    where
        products.unit_cost is not null
        and bought.has_amount
        and sales.customer_number is not null
    group by sales.customer_number
),

int_customer_margins as (
    select
        customer_number,
        {{ share_of('amount - cost', 'amount') }} as margin_share
    from costs
)

select * from int_customer_margins
