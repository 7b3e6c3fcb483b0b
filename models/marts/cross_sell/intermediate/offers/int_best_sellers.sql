with best as (
    select *
    from {{ ref('int_group_best_sellers') }}
),

-- the places of what a customer holds, and which come before enough others: each leads one place further
held as (
    select
        buyers.customer_number,
        best.product_number,
        best.place < {{ number_var('offers', 1) }} + row_number() over (
            partition by buyers.customer_number
            order by best.place
        ) as is_before
    from {{ ref('int_held_products') }} as products
    inner join {{ ref('int_offer_groups') }} as buyers
        on products.customer_number = buyers.customer_number
    inner join best
        on
            buyers.group_number = best.group_number
            and products.product_number = best.product_number
    where buyers.is_asked
),

further as (
    select
        customer_number,
        count(*) as places
    from held
    where is_before
    group by customer_number
),

int_best_sellers as (
    select
        buyers.customer_number,
        best.product_number,
        best.score
    from {{ ref('int_offer_groups') }} as buyers
    left join further
        on buyers.customer_number = further.customer_number
    inner join best
        on
            buyers.group_number = best.group_number
            and best.place <= {{ number_var('offers', 1) }} + coalesce(further.places, 0)
    left join held
        on
            buyers.customer_number = held.customer_number
            and best.product_number = held.product_number
    where
        buyers.is_asked
        and held.customer_number is null
)

select * from int_best_sellers
