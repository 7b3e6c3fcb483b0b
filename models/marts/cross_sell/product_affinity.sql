with pairs as (
    select
        *,
        'order' as basket
    from {{ ref('int_order_pairs') }}
    union all
    select
        *,
        'customer_90d' as basket
    from {{ ref('int_follow_up_pairs') }}
),

items as (
    select
        'product' as item_level,
        product_number as item_number,
        product_key as item
    from {{ ref('int_products_keyed') }}
    union all
    select distinct
        'category' as item_level,
        category_number as item_number,
        category as item
    from {{ ref('int_products_keyed') }}
    where category_number is not null
),

product_affinity as (
    select
        pairs.item_level,
        pairs.basket,
        names_a.item as item_a,
        names_b.item as item_b,
        pairs.baskets,
        pairs.baskets_a,
        pairs.baskets_b,
        pairs.baskets_ab,
        case
            when pairs.basket = 'order' then {{ share_of('pairs.baskets_ab', 'pairs.baskets') }}
        end as support,  -- noqa: RF04
        {{ share_of('pairs.baskets_ab', 'pairs.baskets_a') }} as confidence,
        round({{ lift('pairs') }}, 9) as lift,
        round({{ shrunk_confidence('pairs') }}, 9) as shrunk_confidence
    from pairs
    inner join items as names_a
        on
            pairs.item_level = names_a.item_level
            and pairs.item_a = names_a.item_number
    inner join items as names_b
        on
            pairs.item_level = names_b.item_level
            and pairs.item_b = names_b.item_number
)

select * from product_affinity
