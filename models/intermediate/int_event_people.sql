with events as (
    select
        events.row_id as event_row_id,
        events.source,
        events.event_id,
        events.occurred_at,
        events.anonymous_id,
        events.customer_id,
        case
            when events.customer_id is null
                then {{ contact_hash("'email'", normal_email('events.email')) }}
        end as email_hash,
        coalesce(events.is_bot, false) as is_bot
    from {{ ref('stg_events') }} as events
    inner join {{ ref('int_as_of') }} as dates
        on events.event_date <= dates.as_of
),

-- who the event itself names: its customer id, else an address that belongs to someone
named as (
    select
        events.event_row_id,
        events.source,
        events.event_id,
        events.occurred_at,
        events.anonymous_id,
        events.is_bot,
        people.person_number
    from events
    left join {{ ref('int_accounts') }} as accounts
        on
            events.source = accounts.source
            and events.customer_id = accounts.customer_id
    left join {{ ref('int_contact_customers') }} as contacts
        on events.email_hash = contacts.contact_hash
    left join {{ ref('int_people') }} as people
        on coalesce(accounts.customer_key, contacts.customer_key) = people.customer_key
),

identified_visitors as (
    select
        source,
        anonymous_id
    from named
    where
        anonymous_id is not null
        and person_number is not null
        and not is_bot
    group by
        source,
        anonymous_id
    having count(distinct person_number) <= {{ var('shared_visitor_customers') }}
),

-- of identifications at one instant the greatest event id decides
identifications as (
    select
        named.source,
        named.anonymous_id,
        named.occurred_at,
        max_by(named.person_number, named.event_id) as person_number
    from named
    inner join identified_visitors
        on
            named.source = identified_visitors.source
            and named.anonymous_id = identified_visitors.anonymous_id
    where
        named.person_number is not null
        and not named.is_bot
    group by
        named.source,
        named.anonymous_id,
        named.occurred_at
),

identity_changes as (
    select
        source,
        anonymous_id,
        occurred_at,
        person_number,
        lag(person_number) over (
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
        person_number,
        case when previous_person_number is not null then occurred_at end as started_at,
        lead(occurred_at) over (
            partition by source, anonymous_id
            order by occurred_at
        ) as ended_at
    from identity_changes
    where
        previous_person_number is null
        or person_number <> previous_person_number
),

int_event_people as (
    select
        event_row_id,
        person_number
    from named
    where person_number is not null
    union all
    select
        named.event_row_id,
        spells.person_number
    from named
    inner join identity_spells as spells
        on
            named.source = spells.source
            and named.anonymous_id = spells.anonymous_id
            and (spells.started_at is null or named.occurred_at >= spells.started_at)
            and (spells.ended_at is null or named.occurred_at < spells.ended_at)
    where named.person_number is null
)

select * from int_event_people
