-- Visits only: what bots do, mails and support contacts are none.
with visits as (
    select
        events.event_number,
        events.source,
        events.event_id,
        events.occurred_at,
        events.customer_number,
        -- whose visit it is: the visitor's, without one the person's
        coalesce(-events.visitor_number, events.customer_number) as visitor
    from {{ ref('int_events') }} as events
    left join {{ ref('event_points') }} as points
        on events.event_type = points.event_type
    where
        coalesce(points.is_visit, true)
        and not events.is_bot
        and coalesce(events.visitor_number, events.customer_number) is not null
),

ordered_visits as (
    select
        *,
        lag(occurred_at) over visitor_events as previous_occurred_at,
        lag(customer_number) over visitor_events as previous_person_number
    from visits
    window visitor_events as (
        partition by visitor
        order by occurred_at, event_id, source
    )
),

session_starts as (
    select
        *,
        case
            when
                previous_occurred_at is null
                or {{ seconds_between('previous_occurred_at', 'occurred_at') }}
                > {{ number_var('session_gap_minutes') }} * 60
                or coalesce(customer_number, 0) <> coalesce(previous_person_number, 0)
                then source || ':' || event_id
        end as start_key
    from ordered_visits
),

-- a session is named by its first event: the last start at or before each
int_event_sessions as (
    select
        event_number,
        {{ last_known('start_key', 'partition by visitor order by occurred_at, event_id, source') }}
            as session_key
    from session_starts
)

select * from int_event_sessions
