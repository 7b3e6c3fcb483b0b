-- The events as numbers: what counts and joins events reads these, and leaves the texts where they are.
with staff as (
    select people.customer_number
    from {{ ref('int_customer_attributes') }} as attributes
    inner join {{ ref('int_customers_keyed') }} as people
        on attributes.customer_key = people.customer_key
    where attributes.is_staff
),

stitched as (
    select
        events.row_id as event_number,
        events.source,
        events.event_id,
        visitors.visitor_number,
        -- who the event names, else who its visitor was
        coalesce(named.customer_number, spells.customer_number) as customer_number,
        events.occurred_at,
        events.event_date,
        events.event_type,
        events.topic,
        events.rating,
        events.text is not null as has_text,
        events.is_bot,
        events.is_incentivised,
        events.is_verified
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    left join {{ ref('int_identified_events') }} as named
        on events.row_id = named.event_row_id
    left join {{ ref('int_visitors') }} as visitors
        on
            events.source = visitors.source
            and events.anonymous_id = visitors.anonymous_id
    left join {{ ref('int_visitor_spells') }} as spells
        on
            visitors.visitor_number = spells.visitor_number
            and events.occurred_at >= spells.started_at
            and events.occurred_at < spells.ended_at
),

int_events as (
    select
        events.event_number,
        events.source,
        events.event_id,
        events.visitor_number,
        events.customer_number,
        coalesce(events.customer_number, -events.visitor_number) as lead_number,
        events.occurred_at,
        events.event_date,
        events.event_type,
        events.rating,
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
        events.has_text,
        events.is_bot,
        staff.customer_number is not null as is_staff,
        not events.is_bot and staff.customer_number is null as is_counted,
        events.is_incentivised,
        events.is_verified
    from stitched as events
    left join staff
        on events.customer_number = staff.customer_number
)

select * from int_events
