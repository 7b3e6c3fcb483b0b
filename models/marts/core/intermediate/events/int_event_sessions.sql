-- Visits only: what bots do, mails and support contacts are none.
with visits as (
    select
        events.row_id as event_row_id,
        events.source,
        events.event_id,
        events.occurred_at,
        people.customer_number,
        events.anonymous_id,
        -- whose visit it is: the anonymous id of a source, without one the person
        case when events.anonymous_id is not null then events.source end as visitor_source,
        case when events.anonymous_id is null then people.customer_number end as visitor_person
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    left join {{ ref('event_points') }} as points
        on events.event_type = points.event_type
    left join {{ ref('int_event_customers') }} as people
        on events.row_id = people.event_row_id
    where
        coalesce(points.is_visit, true)
        and not coalesce(events.is_bot, false)
        and (events.anonymous_id is not null or people.customer_number is not null)
),

ordered_visits as (
    select
        *,
        lag(occurred_at) over visitor_events as previous_occurred_at,
        lag(customer_number) over visitor_events as previous_person_number
    from visits
    window visitor_events as (
        partition by visitor_source, anonymous_id, visitor_person
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
        event_row_id,
        {{ last_known(
            'start_key',
            'partition by visitor_source, anonymous_id, visitor_person order by occurred_at, event_id, source'
        ) }} as session_key
    from session_starts
)

select * from int_event_sessions
