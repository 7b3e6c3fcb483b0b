with placed as (
    select
        keyed.product_number,
        dense_rank() over (order by keyed.family) as family_number,
        keyed.tier,
        tiers.tier_rank,
        coalesce(items.item_baskets, 0) as item_baskets
    from {{ ref('int_products_keyed') }} as keyed
    inner join {{ ref('product_tiers') }} as tiers
        on keyed.tier = {{ lower_case('trim(tiers.tier)') }}
    left join {{ ref('int_basket_items') }} as items
        on
            keyed.product_number = items.item_number
            and items.item_level = 'product'
    where keyed.family is not null
),

-- of each family and tier those that most order
best as (
    select *
    from placed
    qualify row_number() over (
        partition by family_number, tier
        order by item_baskets desc, product_number asc
    ) <= {{ number_var('offer_upsells', 1) }}
),

highest_held as (
    select
        held.customer_number,
        placed.family_number,
        max(placed.tier_rank) as tier_rank
    from {{ ref('int_held_products') }} as held
    inner join placed
        on held.product_number = placed.product_number
    group by
        held.customer_number,
        placed.family_number
),

totals as (
    select coalesce(max(baskets), 1) as baskets
    from {{ ref('int_basket_items') }}
    where item_level = 'product'
),

-- what is not a pair often enough is taken as bought together by chance
scored as (
    select
        fresh.customer_number,
        best.product_number,
        fresh.product_number as because_product_number,
        round(coalesce(
            {{ shrunk_confidence('pairs') }},
            20 * (best.item_baskets / cast(totals.baskets as double)) / (placed.item_baskets + 20)
        ), 9) as score
    from {{ ref('int_fresh_items') }} as fresh
    cross join totals
    inner join placed
        on fresh.product_number = placed.product_number
    inner join highest_held
        on
            fresh.customer_number = highest_held.customer_number
            and placed.family_number = highest_held.family_number
    inner join best
        on
            placed.family_number = best.family_number
            and highest_held.tier_rank < best.tier_rank
    inner join {{ ref('int_offerable_products') }} as offers
        on best.product_number = offers.product_number
    left join {{ ref('int_order_pairs') }} as pairs
        on
            pairs.item_level = 'product'
            and fresh.product_number = pairs.item_a
            and best.product_number = pairs.item_b
),

int_upsells as (
    select *
    from scored
    qualify row_number() over (
        partition by customer_number
        order by score desc, product_number asc, because_product_number asc
    ) = 1
)

select * from int_upsells
