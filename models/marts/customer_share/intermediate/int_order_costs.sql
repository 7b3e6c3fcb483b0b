-- of shops that know what any product costs them
with shops as (
    select distinct source
    from {{ ref('products') }}
    where unit_cost is not null
),

int_order_costs as (
    select
        sales.order_number,
        {{ narrow(
            'coalesce(sum(
                cast(bought.units - coalesce(returned.units, 0) as decimal(28, 4)) * products.unit_cost
            ), 0)', 8, by='cast'
        ) }} as cost_amount,
        cast(coalesce(sum(bought.amount_of_units), 0) as decimal(18, 4)) as lines_amount,
        cast(
            coalesce(sum(bought.amount_of_units) filter (where products.unit_cost is not null), 0)
            as decimal(18, 4)
        ) as costed_amount
    from {{ ref('int_order_products') }} as bought
    inner join {{ ref('int_valid_orders') }} as sales
        on bought.order_row_id = sales.order_number
    inner join shops
        on sales.source = shops.source
    left join {{ ref('products') }} as products
        on
            sales.source = products.source
            and bought.product_id = products.product_id
    left join {{ ref('int_returned_units') }} as returned
        on
            bought.order_row_id = returned.order_number
            and bought.product_id = returned.product_id
    where sales.customer_number is not null
    group by sales.order_number
)

select * from int_order_costs
