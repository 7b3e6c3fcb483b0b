with dates as (
    select {{ add_to_date('day', -number_var('affinity_days', 1), 'as_of') }} as counted_after
    from {{ ref('as_of') }}
),

ordered as (
    select
        products.order_number,
        products.product_number,
        products.category_number
    from {{ ref('int_ordered_products') }} as products
    inner join dates
        on products.order_date > dates.counted_after
    where
        products.is_goods
        and products.is_sampled
),

items as (
    select
        'product' as item_level,
        order_number,
        product_number as item_number
    from ordered
    union all
    select
        'category' as item_level,
        order_number,
        category_number as item_number
    from ordered
    where category_number is not null
    group by
        order_number,
        category_number
),

-- what a wholesaler orders together says nothing, and its pairs grow with the square of it
too_large as (
    select
        item_level,
        order_number
    from items
    group by
        item_level,
        order_number
    having count(*) > {{ number_var('affinity_max_items', 1) }}
),

int_order_baskets as (
    select
        items.item_level,
        items.order_number,
        items.item_number
    from items
    left join too_large
        on
            items.item_level = too_large.item_level
            and items.order_number = too_large.order_number
    where too_large.order_number is null
)

select * from int_order_baskets
