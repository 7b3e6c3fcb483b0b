with totals as (
    select
        item_level,
        count(distinct order_number) as baskets
    from {{ ref('int_order_baskets') }}
    group by item_level
),

items as (
    select
        item_level,
        item_number,
        count(*) as item_baskets
    from {{ ref('int_order_baskets') }}
    group by
        item_level,
        item_number
),

int_basket_items as (
    select
        items.item_level,
        items.item_number,
        items.item_baskets,
        totals.baskets,
        items.item_baskets >= {{ number_var('affinity_min_baskets', 1) }} as is_eligible,
        items.item_baskets >= {{ number_var('affinity_min_baskets', 1) }}
        and (
            items.item_level = 'category'
            or row_number() over (
                partition by items.item_level
                order by items.item_baskets desc, items.item_number asc
            ) <= {{ number_var('affinity_max_products', 1) }}
        ) as is_followed
    from items
    inner join totals
        on items.item_level = totals.item_level
)

select * from int_basket_items
