with top_band as (
    select * from {{ ref('int_top_band') }}
),

numbered_events as (
    select
        events.lead_number,
        events.occurred_at,
        events.event_id,
        events.source,
        days.occurred_date,
        days.opening_points,
        days.lead_points,
        days.daily_cap,
        days.earlier_events + row_number() over (
            partition by
                events.lead_number, events.event_type, events.event_date, days.occurred_date
            order by events.occurred_at, events.event_id, events.source
        ) as day_number
    from {{ ref('int_events') }} as events
    inner join {{ ref('int_event_types') }} as types
        on events.event_type = types.event_type
    inner join {{ ref('int_lead_crossing_days') }} as days
        on
            events.lead_number = days.lead_number
            and types.event_type_number = days.event_type_number
            and events.event_date = days.event_date
            and cast(events.occurred_at as date) = days.occurred_date
    where events.is_counted
),

running_scores as (
    select
        lead_number,
        occurred_at,
        opening_points + sum(lead_points) over (
            partition by lead_number, occurred_date
            order by occurred_at, event_id, source
            rows between unbounded preceding and current row
        ) as running_score
    from numbered_events
    where
        daily_cap is null
        or day_number <= daily_cap
),

int_strong_since as (
    select
        running_scores.lead_number,
        min(running_scores.occurred_at) as became_strong_at
    from running_scores
    cross join top_band
    where {{ reaches_band('running_scores.running_score', 'top_band') }}
    group by running_scores.lead_number
)

select * from int_strong_since
