-- The calendar date in UTC is kept beside the business date: times are in its order, business dates of
-- two time zones are not.
with int_event_days as (
    select
        lead_number,
        event_type_number,
        event_date,
        cast(occurred_at as date) as occurred_date,
        count(*) as events,
        max(occurred_at) as last_occurred_at
    from {{ ref('events') }}
    where
        is_counted
        and lead_number is not null
    group by
        lead_number,
        event_type_number,
        event_date,
        cast(occurred_at as date)
)

select * from int_event_days
