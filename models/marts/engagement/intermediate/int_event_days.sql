-- The calendar date in UTC is kept beside the business date: times are in its order, business dates of
-- two time zones are not.
with events as (
    select
        people.customer_number,
        events.source,
        case when people.customer_number is null then events.anonymous_id end as anonymous_id,
        coalesce(types.event_type_number, 0) as event_type_number,
        events.event_date,
        events.occurred_at
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    left join {{ ref('int_event_types') }} as types
        on events.event_type = types.event_type
    left join {{ ref('int_event_customers') }} as people
        on events.row_id = people.event_row_id
    where not coalesce(events.is_bot, false)
),

int_event_days as (
    select
        coalesce(events.customer_number, visitors.lead_number) as lead_number,
        events.event_type_number,
        events.event_date,
        cast(events.occurred_at as date) as occurred_date,
        count(*) as events,
        max(events.occurred_at) as last_occurred_at
    from events
    left join {{ ref('int_visitors') }} as visitors
        on
            events.source = visitors.source
            and events.anonymous_id = visitors.anonymous_id
    where
        events.customer_number is not null
        or visitors.lead_number is not null
    group by
        coalesce(events.customer_number, visitors.lead_number),
        events.event_type_number,
        events.event_date,
        cast(events.occurred_at as date)
)

select * from int_event_days
