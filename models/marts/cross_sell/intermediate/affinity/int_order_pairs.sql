with items as (
    select
        baskets.item_level,
        baskets.order_number,
        baskets.item_number
    from {{ ref('int_order_baskets') }} as baskets
    inner join {{ ref('int_basket_items') }} as items
        on
            baskets.item_level = items.item_level
            and baskets.item_number = items.item_number
            and items.is_eligible
),

-- each pair once
together as (
    select
        items.item_level,
        items.item_number as item_a,
        partners.item_number as item_b,
        count(*) as baskets_ab
    from items
    inner join items as partners
        on
            items.item_level = partners.item_level
            and items.order_number = partners.order_number
            and items.item_number < partners.item_number
    group by
        items.item_level,
        items.item_number,
        partners.item_number
    having count(*) >= {{ number_var('affinity_min_pairs', 1) }}
),

both_ways as (
    select
        item_level,
        item_a,
        item_b,
        baskets_ab
    from together
    union all
    select
        item_level,
        item_b as item_a,
        item_a as item_b,
        baskets_ab
    from together
),

int_order_pairs as (
    select
        pairs.item_level,
        pairs.item_a,
        pairs.item_b,
        of_a.baskets,
        of_a.item_baskets as baskets_a,
        of_b.item_baskets as baskets_b,
        pairs.baskets_ab
    from both_ways as pairs
    inner join {{ ref('int_basket_items') }} as of_a
        on
            pairs.item_level = of_a.item_level
            and pairs.item_a = of_a.item_number
    inner join {{ ref('int_basket_items') }} as of_b
        on
            pairs.item_level = of_b.item_level
            and pairs.item_b = of_b.item_number
)

select * from int_order_pairs
