-- Visits only: what bots do, mails and support contacts are none.
with visits as (
    select
        events.row_id as event_row_id,
        events.source,
        events.event_id,
        events.occurred_at,
        people.person_number,
        coalesce(
            {{ visitor_key('events') }}, cast(people.person_number as {{ dbt.type_string() }})
        ) as visitor
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    left join {{ ref('event_points') }} as points
        on events.event_type = points.event_type
    left join {{ ref('int_event_people') }} as people
        on events.row_id = people.event_row_id
    where
        coalesce(points.is_visit, true)
        and not coalesce(events.is_bot, false)
        and (events.anonymous_id is not null or people.person_number is not null)
),

ordered_visits as (
    select
        *,
        row_number() over visitor_events as visit_number,
        lag(occurred_at) over visitor_events as previous_occurred_at,
        lag(person_number) over visitor_events as previous_person_number
    from visits
    window visitor_events as (
        partition by visitor
        order by occurred_at, event_id
    )
),

session_starts as (
    select
        *,
        case
            when
                visit_number = 1
                or {{ seconds_between('previous_occurred_at', 'occurred_at') }}
                > {{ var('session_gap_minutes') }} * 60
                or coalesce(person_number, 0) <> coalesce(previous_person_number, 0)
                then visit_number
        end as start_number
    from ordered_visits
),

numbered_sessions as (
    select
        *,
        max(start_number) over (
            partition by visitor
            order by visit_number
        ) as session_number
    from session_starts
),

int_event_sessions as (
    select
        numbered.event_row_id,
        starts.source || ':' || starts.event_id as session_key
    from numbered_sessions as numbered
    inner join session_starts as starts
        on
            numbered.visitor = starts.visitor
            and numbered.session_number = starts.start_number
)

select * from int_event_sessions
