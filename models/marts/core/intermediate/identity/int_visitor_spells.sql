with named as (
    select
        visitors.visitor_number as visitor,
        whose.customer_number as person,
        events.occurred_at,
        events.event_id
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_identified_events') }} as whose
        on events.row_id = whose.event_row_id
    inner join {{ ref('int_visitors') }} as visitors
        on
            events.source = visitors.source
            and events.anonymous_id = visitors.anonymous_id
    where not events.is_bot
),

int_visitor_spells as (
    select
        visitor as visitor_number,
        person as customer_number,
        started_at,
        ended_at
    from {{ visitor_spells('named') }} as spells
)

select * from int_visitor_spells
