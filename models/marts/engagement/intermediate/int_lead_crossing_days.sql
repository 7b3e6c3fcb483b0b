{#- The days on which a lead's running score may first have reached the highest band: only their events are
    put in order one by one. -#}
with top_band as (
    select * from {{ ref('int_top_band') }}
),

-- few leads ever gather enough points
hopeful_leads as (
    select points.lead_number
    from {{ ref('int_lead_points') }} as points
    cross join top_band
    group by
        points.lead_number,
        top_band.min_score,
        top_band.is_min_inclusive
    having {{ reaches_band('sum(greatest(points.lead_points, 0))', 'top_band') }}
),

-- a part: the events of one type and business date that fell on one date in UTC
parts as (
    select
        days.lead_number,
        days.event_type_number,
        days.event_date,
        days.occurred_date,
        types.lead_points,
        types.daily_cap,
        days.events,
        sum(days.events) over (
            partition by days.lead_number, days.event_type_number, days.event_date
            order by days.occurred_date
        ) - days.events as earlier_events
    from {{ ref('int_event_days') }} as days
    inner join {{ ref('int_event_types') }} as types
        on days.event_type_number = types.event_type_number
    inner join hopeful_leads
        on days.lead_number = hopeful_leads.lead_number
    where types.lead_points <> 0
),

part_points as (
    select
        *,
        lead_points * least(
            events, greatest(coalesce(daily_cap, earlier_events + events) - earlier_events, 0)
        ) as points
    from parts
),

dates as (
    select
        lead_number,
        occurred_date,
        sum(points) as points,
        sum(greatest(points, 0)) as gained_points
    from part_points
    group by
        lead_number,
        occurred_date
),

balances as (
    select
        *,
        sum(points) over (
            partition by lead_number
            order by occurred_date
        ) as closing_points
    from dates
),

-- a date on which the score may have risen into the band, up to the first that certainly ended in it
candidates as (
    select
        balances.lead_number,
        balances.occurred_date,
        balances.closing_points - balances.points as opening_points,
        min(
            case
                when {{ reaches_band('balances.closing_points', 'top_band') }} then balances.occurred_date
            end
        ) over (partition by balances.lead_number) as certain_date
    from balances
    cross join top_band
    qualify {{ reaches_band(
        'balances.closing_points - balances.points + balances.gained_points', 'top_band'
    ) }}
),

int_lead_crossing_days as (
    select
        parts.lead_number,
        parts.event_type_number,
        parts.event_date,
        parts.occurred_date,
        parts.lead_points,
        parts.daily_cap,
        cast(parts.earlier_events as bigint) as earlier_events,
        cast(candidates.opening_points as bigint) as opening_points
    from parts
    inner join candidates
        on
            parts.lead_number = candidates.lead_number
            and parts.occurred_date = candidates.occurred_date
    where
        candidates.certain_date is null
        or candidates.occurred_date <= candidates.certain_date
)

select * from int_lead_crossing_days
