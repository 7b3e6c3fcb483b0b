{{ config(materialized='table') }}

{%- set as_of = setting('as_of', 'PATRONAGE_AS_OF') %}

with identified as (
    select
        events.event_id,
        events.occurred_at,
        {{ identity_node('visitor', 'events') }} as visitor,
        case
            when events.customer_id is not null then {{ identity_node('account', 'events') }}
            when {{ is_actors_email('events.event_type') }} then {{ identity_node('email', 'events') }}
        end as node,
        events.customer_id is not null as is_account
    from {{ latest_rows('events', 'anonymous_id is not null') }} as events
    where
        {{ 'true' if has_erasures() else 'false' }}
        and {{ 'events.event_date <= ' ~ date_literal(as_of) if as_of else 'true' }}
        and not events.is_bot
),

-- the erased by their tombstones, everybody else by what names them
named as (
    select
        identified.visitor,
        identified.event_id,
        identified.occurred_at,
        tombstones.person is not null as is_erased,
        coalesce(
            tombstones.person, cast(clusters.component as {{ dbt.type_string() }}), identified.node
        ) as person
    from identified
    left join {{ ref('erasure_tombstones') }} as tombstones
        on identified.node = tombstones.node
    left join {{ ref('erasure_contacts') }} as contacts
        on identified.node = contacts.node
    left join {{ ref('erasure_groups') }} as clusters
        on identified.node = clusters.node
    where
        identified.is_account
        or contacts.node is not null
),

erased as (
    select distinct
        visitor,
        person
    from named
    where is_erased
),

-- of the visitors who were ever one of them all who they were
erased_visitors as (
    select
        visitor,
        event_id,
        occurred_at,
        person
    from named
    where visitor in (select erased.visitor from erased)
),

erasure_visits as (
    select
        spells.visitor as visitor_node,
        spells.person,
        spells.started_at,
        spells.ended_at
    from {{ visitor_spells('erased_visitors') }} as spells
    where spells.person in (select erased.person from erased)
)

select * from erasure_visits
