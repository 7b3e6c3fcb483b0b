-- everybody's but bots' and staff's: also those of visitors whom nobody knows, and answers that were paid for
with events as (
    select
        {{ period_start('month', 'events.event_date') }} as month_start,
        people.customer_number,
        case when people.customer_number is null then events.source end as visitor_source,
        case when people.customer_number is null then events.anonymous_id end as anonymous_id,
        events.event_type,
        events.rating
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    left join {{ ref('int_event_customers') }} as people
        on events.row_id = people.event_row_id
    left join {{ ref('int_customer_attributes') }} as attributes
        on people.customer_number = attributes.customer_number
    where
        not coalesce(events.is_bot, false)
        and not coalesce(attributes.is_staff, false)
        and (
            events.event_type = 'product_shared'
            or (
                events.event_type = 'survey_answered'
                and lower(events.topic) = 'nps'
                and events.rating between 0 and 10
            )
        )
),

int_shares_and_nps_answers as (
    select
        month_start,
        customer_number,
        visitor_source,
        anonymous_id,
        count(*) filter (where event_type = 'product_shared') as shares,
        count(*) filter (where event_type = 'survey_answered') as answers,
        count(*) filter (where event_type = 'survey_answered' and rating >= 9) as promoters,
        count(*) filter (where event_type = 'survey_answered' and rating <= 6) as detractors
    from events
    group by
        month_start,
        customer_number,
        visitor_source,
        anonymous_id
)

select * from int_shares_and_nps_answers
