-- Visits only: what bots do, mails and support contacts are none.
with visits as (
    select
        events.event_number,
        events.source,
        events.event_id,
        events.occurred_at,
        events.customer_number,
        events.visitor_number,
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

-- sorted again by the number of a place, which takes half as long as by texts
ordered_visits as (
    select
        *,
        row_number() over visitor_events as place,
        lag(occurred_at) over visitor_events as previous_occurred_at,
        lag(customer_number) over visitor_events as previous_customer_number
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
                or coalesce(customer_number, 0) <> coalesce(previous_customer_number, 0)
                then event_number
        end as start_number
    from ordered_visits
),

-- a session has the number of its first event: that of the last start at or before each
int_event_sessions as (
    select
        event_number,
        occurred_at,
        customer_number,
        visitor_number,
        {{ last_known('start_number', 'partition by visitor order by place') }}
            as session_number
    from session_starts
)

select * from int_event_sessions
