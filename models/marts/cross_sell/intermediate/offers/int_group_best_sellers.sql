with bought as (
    select distinct
        products.customer_number,
        products.product_number
    from {{ ref('int_ordered_products') }} as products
    inner join {{ ref('as_of') }} as dates
        on products.order_date > {{ add_to_date('day', -number_var('offer_days', 1), 'dates.as_of') }}
    inner join {{ ref('int_offerable_products') }} as offers
        on products.product_number = offers.product_number
    where products.customer_number is not null
),

by_group as (
    select
        buyers.group_number,
        bought.product_number,
        count(*) as customers
    from bought
    inner join {{ ref('int_offer_groups') }} as buyers
        on bought.customer_number = buyers.customer_number
    group by
        buyers.group_number,
        bought.product_number
),

-- group 0 is everybody
counted as (
    select
        group_number,
        product_number,
        customers
    from by_group
    where group_number > 0
    union all
    select
        0 as group_number,
        product_number,
        cast(sum(customers) as bigint) as customers
    from by_group
    group by product_number
),

sizes as (
    select
        group_number,
        count(*) as customers
    from {{ ref('int_offer_groups') }}
    where
        is_active
        and group_number > 0
    group by group_number
    union all
    select
        0 as group_number,
        count(*) as customers
    from {{ ref('int_offer_groups') }}
    where is_active
),

int_group_best_sellers as (
    select
        counted.group_number,
        counted.product_number,
        {{ share_of('counted.customers', 'sizes.customers') }} as score,
        row_number() over (
            partition by counted.group_number
            order by counted.customers desc, counted.product_number asc
        ) as place
    from counted
    inner join sizes
        on counted.group_number = sizes.group_number
    qualify place <= {{ number_var('offer_best_sellers', 1) }}
)

select * from int_group_best_sellers
