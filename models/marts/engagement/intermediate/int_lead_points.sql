-- events beyond a type's daily cap are counted, but do not score
with days as (
    select
        lead_number,
        event_type_number,
        event_date,
        sum(events) as events,
        max(last_occurred_at) as last_occurred_at
    from {{ ref('int_event_days') }}
    group by
        lead_number,
        event_type_number,
        event_date
),

capped_days as (
    select
        days.lead_number,
        days.event_type_number,
        days.events,
        days.last_occurred_at,
        least(days.events, coalesce(types.daily_cap, days.events)) as capped_events,
        types.engagement_points,
        types.lead_points,
        {{ days_from('days.event_date', 'dates.as_of') }} as age_days
    from days
    inner join {{ ref('int_event_types') }} as types
        on days.event_type_number = types.event_type_number
    cross join {{ ref('as_of') }} as dates
),

int_lead_points as (
    select
        lead_number,
        event_type_number,
        cast(sum(events) as bigint) as events,
        {%- for kind, digits in [('engagement', 6), ('lead', 12)] %}
        cast(coalesce(sum(capped_events) filter (where {{ kind }}_points <> 0), 0) as bigint)
            as {{ kind }}_scored_events,
        cast(sum(capped_events * {{ kind }}_points) as bigint) as {{ kind }}_points,
        {%- set points = decayed('capped_events * ' ~ kind ~ '_points', 'age_days') %}
        round({{ stable_sum(points) }}, {{ digits }}) as decayed_{{ kind }}_points,
        {%- endfor %}
        max(last_occurred_at) as last_occurred_at
    from capped_days
    group by
        lead_number,
        event_type_number
)

select * from int_lead_points
