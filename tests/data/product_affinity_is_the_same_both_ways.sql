{{ config(enabled=has_subjects(['cross_sell'])) }}
-- What is ordered together has no direction: each pair stands both ways, with one count and one lift.
with pairs as (
    select
        item_level,
        item_a,
        item_b,
        baskets_ab,
        lift
    from {{ ref('product_affinity') }}
    where basket = 'order'
)

select
    pairs.item_level,
    pairs.item_a,
    pairs.item_b,
    pairs.baskets_ab,
    mirrored.baskets_ab as baskets_ba,
    pairs.lift,
    mirrored.lift as other_lift
from pairs
left join pairs as mirrored
    on
        pairs.item_level = mirrored.item_level
        and pairs.item_a = mirrored.item_b
        and pairs.item_b = mirrored.item_a
where
    mirrored.lift is null
    or pairs.baskets_ab <> mirrored.baskets_ab
    or pairs.lift <> mirrored.lift
