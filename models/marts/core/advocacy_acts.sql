with advocacy_acts as (
    select
        event_key,
        customer_key,
        event_date as act_date,
        occurred_at,
        event_type as act_type,
        kind,
        is_incentivised,
        is_verified,
        not is_incentivised as counts
    from {{ ref('int_advocacy_events') }}
    where kind is not null
)

select * from advocacy_acts
