-- The calendar date in UTC is kept beside the business date: times are in its order, business dates of
-- two time zones are not.
with int_event_days as (
    select
        events.lead_number,
        -- a type that is not published is 0: other
        coalesce(types.event_type_number, 0) as event_type_number,
        events.event_date,
        cast(events.occurred_at as date) as occurred_date,
        count(*) as events,
        max(events.occurred_at) as last_occurred_at
    from {{ ref('int_events') }} as events
    left join {{ ref('int_event_types') }} as types
        on events.event_type = types.event_type
    where
        events.is_counted
        and events.lead_number is not null
    group by
        events.lead_number,
        coalesce(types.event_type_number, 0),
        events.event_date,
        cast(events.occurred_at as date)
)

select * from int_event_days
