-- What people and visitors said of products, neither bots nor staff; of which product not every review says.
with int_product_reviews as (
    select
        events.event_number,
        events.source || ':' || texts.product_id as product_key,
        events.customer_number,
        events.event_date,
        events.occurred_at,
        events.rating,
        events.is_incentivised
    from {{ ref('int_events') }} as events
    inner join {{ ref('stg_events') }} as texts
        on events.event_number = texts.row_id
    where
        events.event_type = 'product_reviewed'
        and events.is_counted
)

select * from int_product_reviews
