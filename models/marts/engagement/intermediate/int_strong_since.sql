with top_band as (
    select
        max(min_score) as min_score,
        max_by(is_min_inclusive, coalesce(min_score, -1e300)) as is_min_inclusive
    from {{ ref('lead_score_bands') }}
),

events as (
    select
        coalesce(people.customer_number, visitors.lead_number) as lead_number,
        types.event_type_number,
        events.event_date,
        cast(events.occurred_at as date) as occurred_date,
        events.occurred_at,
        events.event_id,
        events.source
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_event_types') }} as types
        on events.event_type = types.event_type
    left join {{ ref('int_event_customers') }} as people
        on events.row_id = people.event_row_id
    left join {{ ref('int_visitors') }} as visitors
        on
            events.source = visitors.source
            and events.anonymous_id = visitors.anonymous_id
    where
        types.lead_points <> 0
        and not coalesce(events.is_bot, false)
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
                events.lead_number, events.event_type_number, events.event_date, events.occurred_date
            order by events.occurred_at, events.event_id, events.source
        ) as event_number
    from events
    inner join {{ ref('int_lead_crossing_days') }} as days
        on
            events.lead_number = days.lead_number
            and events.event_type_number = days.event_type_number
            and events.event_date = days.event_date
            and events.occurred_date = days.occurred_date
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
        or event_number <= daily_cap
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
