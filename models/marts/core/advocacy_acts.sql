with advocacy_acts as (
    select
        events.source || ':' || events.event_id as event_key,
        people.customer_key,
        events.occurred_at,
        events.event_date as act_date,
        events.event_type as act_type,
        events.kind,
        events.is_incentivised,
        events.is_verified,
        not events.is_incentivised as counts
    from {{ ref('int_advocacy_events') }} as events
    inner join {{ ref('int_customers_keyed') }} as people
        on events.customer_number = people.customer_number
    where events.kind is not null
)

select * from advocacy_acts
