with dates as (
    select {{ add_to_date('day', -number_var('offer_days', 1), 'as_of') }} as sold_after
    from {{ ref('as_of') }}
),

sold as (
    select
        products.product_number,
        sum(products.amount_of_units) as amount,
        sum(products.units) as units
    from {{ ref('int_ordered_products') }} as products
    inner join dates
        on products.order_date > dates.sold_after
    where products.is_goods
    group by products.product_number
),

-- doubles come near, but may take a half of the last digit for less
near_means as (
    select
        product_number,
        amount,
        units,
        cast(round(cast(amount as double) / cast(units as double), 4) as decimal(18, 4)) as near_mean
    from sold
),

means as (
    select
        product_number,
        case
            when 2 * amount >= (2 * near_mean + 0.0001) * units then near_mean + 0.0001
            when 2 * amount < (2 * near_mean - 0.0001) * units then near_mean - 0.0001
            else near_mean
        end as mean_unit_amount
    from near_means
),

int_offerable_products as (
    select
        means.product_number,
        cast(means.mean_unit_amount as decimal(18, 4)) as mean_unit_amount
    from means
    inner join {{ ref('int_products_keyed') }} as keyed
        on means.product_number = keyed.product_number
    where
        means.mean_unit_amount > 0
        and (keyed.unit_cost is null or means.mean_unit_amount > keyed.unit_cost)
)

select * from int_offerable_products
