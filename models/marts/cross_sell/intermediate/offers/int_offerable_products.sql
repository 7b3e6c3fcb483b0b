with dates as (
    select {{ add_to_date('day', -number_var('offer_days', 1), 'as_of') }} as sold_after
    from {{ ref('as_of') }}
),

sold as (
    select
        products.product_number,
        cast(
            round(
                cast(sum(products.amount_of_units) as double) / cast(sum(products.units) as double), 4
            ) as decimal(18, 4)
        ) as mean_unit_amount
    from {{ ref('int_ordered_products') }} as products
    inner join dates
        on products.order_date > dates.sold_after
    where products.is_goods
    group by products.product_number
),

int_offerable_products as (
    select
        sold.product_number,
        sold.mean_unit_amount
    from sold
    inner join {{ ref('int_products_keyed') }} as keyed
        on sold.product_number = keyed.product_number
    where
        sold.mean_unit_amount > 0
        and (keyed.unit_cost is null or sold.mean_unit_amount > keyed.unit_cost)
)

select * from int_offerable_products
