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

totals as (
    select coalesce(max(baskets), 1) as baskets
    from {{ ref('int_basket_items') }}
    where item_level = 'product'
),

-- what leads to what; what is not a pair often enough is taken as bought together by chance
leads as (
    select
        placed.product_number as because_product_number,
        placed.family_number,
        best.product_number,
        best.tier_rank,
        round(coalesce(
            {{ shrunk_confidence('pairs') }},
            20 * (best.item_baskets / cast(totals.baskets as double)) / (placed.item_baskets + 20)
        ), 9) as score
    from placed
    cross join totals
    inner join best
        on placed.family_number = best.family_number
    inner join {{ ref('int_offerable_products') }} as offers
        on best.product_number = offers.product_number
    left join {{ ref('int_order_pairs') }} as pairs
        on
            pairs.item_level = 'product'
            and placed.product_number = pairs.item_a
            and best.product_number = pairs.item_b
),

-- a place for each, for all customers the same: whoever has several takes the first
ranked_leads as (
    select
        *,
        row_number() over (
            order by score desc, product_number asc, because_product_number asc
        ) as place
    from leads
),

highest_held as (
    select
        held.customer_number,
        placed.family_number,
        max(placed.tier_rank) as tier_rank
    from {{ ref('int_held_products') }} as held
    inner join placed
        on held.product_number = placed.product_number
    where held.customer_number in (select fresh.customer_number from {{ ref('int_fresh_items') }} as fresh)
    group by
        held.customer_number,
        placed.family_number
),

first_places as (
    select
        fresh.customer_number,
        min(ranked_leads.place) as place
    from {{ ref('int_fresh_items') }} as fresh
    inner join ranked_leads
        on fresh.product_number = ranked_leads.because_product_number
    inner join highest_held
        on
            fresh.customer_number = highest_held.customer_number
            and ranked_leads.family_number = highest_held.family_number
            and ranked_leads.tier_rank > highest_held.tier_rank
    group by fresh.customer_number
),

int_upsells as (
    select
        first_places.customer_number,
        ranked_leads.product_number,
        ranked_leads.because_product_number,
        ranked_leads.score
    from first_places
    inner join ranked_leads
        on first_places.place = ranked_leads.place
)

select * from int_upsells
