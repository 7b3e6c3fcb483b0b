-- The one look at the events of half a year: what known people looked at, and on what.
with events as (
    select
        visits.session_number,
        events.customer_number,
        events.event_number,
        events.event_id,
        events.source,
        events.occurred_at,
        texts.topic,
        texts.device,
        events.event_date
    from {{ ref('int_events') }} as events
    inner join {{ ref('as_of') }} as dates
        on events.event_date > {{ add_to_date('day', -180, 'dates.as_of') }}
    inner join {{ ref('int_event_sessions') }} as visits
        on events.event_number = visits.event_number
    inner join {{ ref('int_event_texts') }} as texts
        on events.event_number = texts.event_number
    where
        events.is_counted
        and events.customer_number is not null
        and (texts.topic is not null or texts.device is not null)
),

-- a session's device is that of its first event that has one
int_recent_visits as (
    select
        session_number,
        customer_number,
        event_number,
        event_date,
        topic,
        case
            when row_number() over (
                partition by session_number, device is null
                order by occurred_at, event_id, source
            ) = 1 then device
        end as session_device
    from events
)

select * from int_recent_visits
