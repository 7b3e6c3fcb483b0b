with visits as (
    select
        session_number,
        -- the same in all events of a session
        any_value(customer_number) as customer_number,
        any_value(visitor_number) as visitor_number,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as events
    from {{ ref('int_event_sessions') }}
    group by session_number
),

sessions as (
    select
        firsts.source || ':' || firsts.event_id as session_key,
        visits.session_number,
        people.customer_key,
        visits.customer_number,
        coalesce(visitors.visitor_key, people.customer_key) as visitor_key,
        firsts.event_date as session_date,
        visits.started_at,
        visits.ended_at,
        visits.events,
        round({{ seconds_between('visits.started_at', 'visits.ended_at') }} / 60.0, 6) as minutes
    from visits
    inner join {{ ref('int_events') }} as firsts
        on visits.session_number = firsts.event_number
    left join {{ ref('int_customers_keyed') }} as people
        on visits.customer_number = people.customer_number
    left join {{ ref('int_visitors') }} as visitors
        on visits.visitor_number = visitors.visitor_number
)

select * from sessions
