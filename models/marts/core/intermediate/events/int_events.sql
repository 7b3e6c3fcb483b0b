{{ config(materialized='view') }}

-- read anew by each model rather than kept: with the texts of all events it would be as large as the mart
with int_events as (
    select
        events.row_id as event_number,
        people.customer_number,
        visitors.visitor_number,
        {{ visitor_key('events') }} as visitor_key,
        events.source,
        events.event_id,
        events.occurred_at,
        events.event_date,
        events.event_type,
        events.product_id,
        events.order_id,
        events.referral_code,
        events.rating,
        events.text is not null as has_text,
        case
            when
                events.event_type = 'survey_answered'
                and lower(events.topic) = 'nps'
                and events.rating between 0 and 10
                then case
                    when events.rating >= 9 then 'promoter'
                    when events.rating <= 6 then 'detractor'
                    else 'passive'
                end
        end as nps_answer,
        coalesce(events.is_bot, false) as is_bot,
        coalesce(events.is_incentivised, false) as is_incentivised,
        coalesce(events.is_verified, false) as is_verified
    from {{ ref('stg_events') }} as events
    inner join {{ ref('as_of') }} as dates
        on events.event_date <= dates.as_of
    left join {{ ref('int_event_customers') }} as people
        on events.row_id = people.event_row_id
    left join {{ ref('int_visitors') }} as visitors
        on
            events.source = visitors.source
            and events.anonymous_id = visitors.anonymous_id
)

select * from int_events
