-- A till or a kiosk is joined to nobody. Who named a visitor is read twice rather than kept: with the texts
-- of all events it is more than a small memory holds.
with shared_visitors as (
    select
        events.source,
        events.anonymous_id
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_identified_events') }} as named
        on events.row_id = named.event_row_id
    where
        events.anonymous_id is not null
        and not coalesce(events.is_bot, false)
    group by
        events.source,
        events.anonymous_id
    having count(distinct named.customer_number) > {{ number_var('shared_visitor_customers') }}
),

-- of identifications at one instant the greatest event id decides
identifications as (
    select
        events.source,
        events.anonymous_id,
        events.occurred_at,
        max_by(named.customer_number, events.event_id) as customer_number
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_identified_events') }} as named
        on events.row_id = named.event_row_id
    left join shared_visitors
        on
            events.source = shared_visitors.source
            and events.anonymous_id = shared_visitors.anonymous_id
    where
        events.anonymous_id is not null
        and not coalesce(events.is_bot, false)
        and shared_visitors.anonymous_id is null
    group by
        events.source,
        events.anonymous_id,
        events.occurred_at
),

identity_changes as (
    select
        source,
        anonymous_id,
        occurred_at,
        customer_number,
        lag(customer_number) over (
            partition by source, anonymous_id
            order by occurred_at
        ) as previous_person_number
    from identifications
),

-- the first person identified also owns what came before
identity_spells as (
    select
        source,
        anonymous_id,
        customer_number,
        case when previous_person_number is not null then occurred_at end as started_at,
        lead(occurred_at) over (
            partition by source, anonymous_id
            order by occurred_at
        ) as ended_at
    from identity_changes
    where
        previous_person_number is null
        or customer_number <> previous_person_number
),

int_event_customers as (
    select
        event_row_id,
        customer_number
    from {{ ref('int_identified_events') }}
    union all
    select
        events.row_id as event_row_id,
        spells.customer_number
    from {{ ref('stg_events') }} as events
    inner join {{ ref('as_of') }} as dates
        on events.event_date <= dates.as_of
    left join {{ ref('int_identified_events') }} as named
        on events.row_id = named.event_row_id
    inner join identity_spells as spells
        on
            events.source = spells.source
            and events.anonymous_id = spells.anonymous_id
            and (spells.started_at is null or events.occurred_at >= spells.started_at)
            and (spells.ended_at is null or events.occurred_at < spells.ended_at)
    where named.customer_number is null
)

select * from int_event_customers
