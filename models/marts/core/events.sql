{{ config(materialized='view') }}

-- Its texts are written once, in the published file: models count int_events, a tenth as large.
with events as (
    select
        facts.source || ':' || facts.event_id as event_key,
        people.customer_key,
        coalesce(visitors.visitor_key, people.customer_key) as visitor_key,
        facts.event_date,
        facts.occurred_at,
        coalesce(types.event_type, 'other') as event_type,
        texts.product_id,
        texts.order_id,
        texts.campaign_id,
        texts.topic,
        texts.channel,
        texts.device,
        facts.rating,
        facts.has_text,
        facts.is_bot,
        facts.is_staff,
        facts.is_incentivised,
        facts.is_verified,
        sessions.session_key
    from {{ ref('int_events') }} as facts
    inner join {{ ref('int_event_texts') }} as texts
        on facts.event_number = texts.event_number
    left join {{ ref('int_event_types') }} as types
        on facts.event_type = types.event_type
    left join {{ ref('int_customers_keyed') }} as people
        on facts.customer_number = people.customer_number
    left join {{ ref('int_visitors') }} as visitors
        on facts.visitor_number = visitors.visitor_number
    left join {{ ref('int_event_sessions') }} as visits
        on facts.event_number = visits.event_number
    left join {{ ref('sessions') }} as sessions
        on visits.session_number = sessions.session_number
)

select * from events
