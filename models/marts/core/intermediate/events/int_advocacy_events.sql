{#- What known people, neither staff nor bots, said of the shop: acts, signals, and opinions good or bad. -#}
with events as (
    select
        events.*,
        people.customer_key,
        texts.referral_code,
        points.advocacy_kind,
        points.min_rating,
        case when events.event_type = 'referral_converted' then texts.order_id end as referred_order_id
    from {{ ref('int_events') }} as events
    left join {{ ref('stg_events') }} as texts
        on events.event_number = texts.row_id
    inner join {{ ref('int_customers_keyed') }} as people
        on events.customer_number = people.customer_number
    left join {{ ref('event_points') }} as points
        on events.event_type = points.event_type
    where
        events.is_counted
        and (
            points.advocacy_kind is not null
            or events.event_type in ('product_reviewed', 'product_shared', 'referral_sent', 'survey_answered')
        )
),

int_advocacy_events as (
    select
        events.event_number,
        events.source || ':' || events.event_id as event_key,
        events.source,
        events.event_id,
        events.customer_number,
        events.customer_key,
        events.occurred_at,
        events.event_date,
        events.event_type,
        events.referral_code,
        events.rating,
        events.is_incentivised,
        events.is_verified,
        case
            when events.min_rating is not null and coalesce(events.rating < events.min_rating, true) then null
            when events.event_type = 'survey_answered' and events.nps_answer is null then null
            when orders.customer_number = events.customer_number then null
            when
                events.event_type = 'product_reviewed'
                and events.advocacy_kind = 'act' and not events.has_text
                then 'signal'
            else events.advocacy_kind
        end as kind,
        case
            when events.is_incentivised then null
            when events.event_type = 'product_reviewed'
                then case when events.rating >= 4 then 'high' when events.rating < 3 then 'low' end
            when events.nps_answer = 'promoter' then 'high'
            when events.nps_answer = 'detractor' then 'low'
        end as opinion
    from events
    left join {{ ref('orders') }} as orders
        on
            events.source = orders.source
            and events.referred_order_id = orders.order_id
)

select * from int_advocacy_events
