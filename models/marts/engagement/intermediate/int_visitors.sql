-- numbered downwards, so that no visitor has the number of a person
with visitors as (
    select distinct
        events.source,
        events.anonymous_id
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
    left join {{ ref('int_event_customers') }} as people
        on events.row_id = people.event_row_id
    where
        people.customer_number is null
        and events.anonymous_id is not null
        and not coalesce(events.is_bot, false)
),

int_visitors as (
    select
        -{{ row_id() }} as lead_number,
        visitors.source,
        visitors.anonymous_id,
        {{ visitor_key('visitors') }} as person_key
    from visitors
)

select * from int_visitors
