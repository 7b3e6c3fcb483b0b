with bought as (
    select distinct
        buyers.group_number,
        products.customer_number,
        products.product_number
    from {{ ref('int_ordered_products') }} as products
    inner join {{ ref('as_of') }} as dates
        on products.order_date > {{ add_to_date('day', -number_var('offer_days', 1), 'dates.as_of') }}
    inner join {{ ref('int_offerable_products') }} as offers
        on products.product_number = offers.product_number
    inner join {{ ref('int_offer_groups') }} as buyers
        on products.customer_number = buyers.customer_number
),

-- group 0 is everybody
counted as (
    select
        group_number,
        product_number,
        count(*) as customers
    from bought
    where group_number > 0
    group by
        group_number,
        product_number
    union all
    select
        0 as group_number,
        product_number,
        count(*) as customers
    from bought
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

best as (
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
),

-- who holds some of them needs to be looked for so many places further
held_places as (
    select
        buyers.customer_number,
        count(*) as products
    from {{ ref('int_offer_groups') }} as buyers
    inner join {{ ref('int_held_products') }} as held
        on buyers.customer_number = held.customer_number
    inner join best
        on
            buyers.group_number = best.group_number
            and held.product_number = best.product_number
    group by buyers.customer_number
),

int_best_sellers as (
    select
        buyers.customer_number,
        best.product_number,
        best.score
    from {{ ref('int_offer_groups') }} as buyers
    left join held_places
        on buyers.customer_number = held_places.customer_number
    inner join best
        on
            buyers.group_number = best.group_number
            and best.place <= {{ number_var('offers', 1) }} + coalesce(held_places.products, 0)
    left join {{ ref('int_held_products') }} as held
        on
            buyers.customer_number = held.customer_number
            and best.product_number = held.product_number
    where
        buyers.is_asked
        and held.customer_number is null
    qualify row_number() over (
        partition by buyers.customer_number
        order by best.place
    ) <= {{ number_var('offers', 1) }}
)

select * from int_best_sellers
