-- by the month in which something was said, of orders of any month
with reviews as (
    select
        {{ period_start('month', 'event_date') }} as month_start,
        product_key,
        count(*) as reviews,
        sum(rating) as ratings,
        count(rating) as rated_reviews
    from {{ ref('int_product_reviews') }}
    where product_key is not null
    group by
        {{ period_start('month', 'event_date') }},
        product_key
),

tickets as (
    select
        tickets.month_start,
        tickets.product_key,
        count(*) as tickets,
        count(*) filter (where topics.is_claim) as claims
    from {{ ref('int_tickets') }} as tickets
    left join {{ ref('ticket_topics') }} as topics
        on tickets.topic = topics.topic
    where
        tickets.product_key is not null
        and not tickets.is_staff
    group by
        tickets.month_start,
        tickets.product_key
),

int_product_voices as (
    select
        coalesce(reviews.month_start, tickets.month_start) as month_start,
        coalesce(reviews.product_key, tickets.product_key) as product_key,
        coalesce(reviews.reviews, 0) as reviews,
        round(cast(reviews.ratings as double) / nullif(reviews.rated_reviews, 0), 9) as mean_rating,
        coalesce(tickets.tickets, 0) as tickets,
        coalesce(tickets.claims, 0) as claims
    from reviews
    full join tickets
        on
            reviews.month_start = tickets.month_start
            and reviews.product_key = tickets.product_key
)

select * from int_product_voices
