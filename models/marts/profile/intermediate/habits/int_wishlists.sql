with wishes as (
    select
        events.customer_number,
        events.source,
        texts.product_id,
        min(events.event_date) as wished_on
    from {{ ref('int_events') }} as events
    inner join {{ ref('int_event_texts') }} as texts
        on events.event_number = texts.event_number
    where
        events.event_type = 'wishlist_added'
        and events.is_counted
        and events.customer_number is not null
        and texts.product_id is not null
    group by
        events.customer_number,
        events.source,
        texts.product_id
),

bought as (
    select
        wishes.customer_number,
        wishes.source,
        wishes.product_id,
        coalesce(bool_or(
            products.order_date >= wishes.wished_on
            and products.order_date <= {{ add_to_date('day', 90, 'wishes.wished_on') }}
        ), false) as is_bought
    from wishes
    left join {{ ref('int_products_keyed') }} as keyed
        on
            wishes.source = keyed.source
            and wishes.product_id = keyed.product_id
    left join {{ ref('int_ordered_products') }} as products
        on
            wishes.customer_number = products.customer_number
            and keyed.product_number = products.product_number
    group by
        wishes.customer_number,
        wishes.source,
        wishes.product_id
),

int_wishlists as (
    select
        customer_number,
        count(*) as wishlist_items,
        count(*) filter (where is_bought) as wishlist_bought
    from bought
    group by customer_number
)

select * from int_wishlists
