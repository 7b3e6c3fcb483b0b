with sessions as (
    select
        session_key,
        -- the same in all events of a session
        any_value(customer_key) as customer_key,
        any_value(customer_number) as customer_number,
        any_value(visitor_key) as visitor_key,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        -- a session is named by its first event
        max(event_date) filter (where event_key = session_key) as session_date,
        count(*) as events,
        round({{ seconds_between('min(occurred_at)', 'max(occurred_at)') }} / 60.0, 6) as minutes
    from {{ ref('events') }}
    where session_key is not null
    group by session_key
)

select * from sessions
