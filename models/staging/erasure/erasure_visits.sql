{{ config(materialized='table') }}

{%- set as_of = setting('as_of', 'PATRONAGE_AS_OF') %}

-- When a visitor was somebody who asked to be erased: the person identified most recently at or before,
-- else the first one after, as in the identity of everybody.
with every_event as (
    select
        events.source,
        events.event_id,
        events.occurred_at,
        {{ identity_node('visitor', 'events') }} as visitor_node,
        case
            when events.customer_id is not null then {{ identity_node('account', 'events') }}
            else {{ identity_node('email', 'events') }}
        end as node,
        events.customer_id is not null as is_account,
        coalesce(events.is_bot, false) as is_bot
    from {{ latest_rows('events', 'anonymous_id is not null') }} as events
    where
        {{ 'true' if has_erasures() else 'false' }}
        and {{ 'events.event_date <= ' ~ date_literal(as_of) if as_of else 'true' }}
),

named as (
    select
        events.visitor_node,
        events.event_id,
        events.occurred_at,
        erased.person,
        case
            when events.is_bot then null
            when events.is_account or contacts.node is not null
                then coalesce(cast(clusters.component as {{ dbt.type_string() }}), events.node)
        end as whose
    from every_event as events
    left join {{ ref('erasure_tombstones') }} as erased
        on events.node = erased.node
    left join {{ ref('erasure_contacts') }} as contacts
        on events.node = contacts.node
    left join {{ ref('erasure_groups') }} as clusters
        on events.node = clusters.node
),

visitors as (
    select visitor_node
    from named
    group by visitor_node
    having
        count(distinct whose) <= {{ number_var('shared_visitor_customers') }}
        and count(case when whose is not null then person end) > 0
),

moments as (
    select
        named.visitor_node,
        named.occurred_at,
        max_by(coalesce(named.person, ''), named.event_id) filter (where named.whose is not null) as person
    from named
    inner join visitors
        on named.visitor_node = visitors.visitor_node
    group by
        named.visitor_node,
        named.occurred_at
),

owned as (
    select
        visitor_node,
        occurred_at,
        coalesce(
            {{ last_known('person', 'partition by visitor_node order by occurred_at') }},
            {{ last_known('person', 'partition by visitor_node order by occurred_at desc') }}
        ) as person
    from moments
),

erasure_visits as (
    select
        visitor_node,
        occurred_at,
        person
    from owned
    where person <> ''
)

select * from erasure_visits
