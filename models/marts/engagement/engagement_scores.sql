with top_event_types as (
    select
        customer_number,
        event_type
    from {{ ref('engagement_contributions') }}
    where decayed_points > 0
    qualify row_number() over (
        partition by customer_number
        order by decayed_points desc, event_type asc
    ) = 1
),

recent_sessions as (
    select
        sessions.customer_number,
        count(*) as sessions,
        sum(sessions.minutes) as minutes
    from {{ ref('sessions') }} as sessions
    inner join {{ ref('as_of') }} as dates
        on sessions.session_date > {{ add_to_date('day', -30, 'dates.as_of') }}
    where sessions.customer_number is not null
    group by sessions.customer_number
),

scores as (
    select
        customers.customer_number,
        customers.customer_key,
        coalesce(scores.score, 0) as score,
        coalesce(scores.scored_events, 0) > 0 as is_scored,
        scores.last_event_at
    from {{ ref('customers') }} as customers
    left join {{ ref('int_engagement_scores') }} as scores
        on customers.customer_number = scores.customer_number
    where not customers.is_staff
),

-- the highest level whose lower end the score has reached
levels as (
    select
        scores.customer_number,
        max_by(levels.level, coalesce(levels.min_score, -1e300)) as level
    from scores
    inner join {{ ref('engagement_levels') }} as levels
        on {{ reaches_band('scores.score', 'levels') }}
    where scores.is_scored
    group by scores.customer_number
),

engagement_scores as (
    select
        scores.customer_key,
        scores.customer_number,
        scores.score,
        coalesce(levels.level, 'none') as level,
        scores.last_event_at,
        coalesce(recent_sessions.sessions, 0) as sessions_30d,
        round(coalesce(recent_sessions.minutes, 0), 6) as session_minutes_30d,
        top_event_types.event_type as top_event_type
    from scores
    left join levels
        on scores.customer_number = levels.customer_number
    left join recent_sessions
        on scores.customer_number = recent_sessions.customer_number
    left join top_event_types
        on scores.customer_number = top_event_types.customer_number
)

select * from engagement_scores
