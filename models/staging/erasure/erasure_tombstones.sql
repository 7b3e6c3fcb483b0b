{{ config(materialized='table') }}

with theirs as (
    select
        given.email_node,
        given.phone_node,
        given.code_node,
        known_people.person
    from {{ ref('erasure_given') }} as given
    inner join {{ ref('erasure_people') }} as known_people
        on given.account_node = known_people.node
),

their_addresses as (
    select email_node as node
    from theirs
    union
    select phone_node as node
    from theirs
),

kept as (
    select distinct contact_node as node
    from {{ ref('erasure_addresses') }}
    where
        account_node is not null
        or is_shared
),

-- an address that only such a row gives goes, too, unless another account has it or many share it; a guest
-- who orders by it has been somebody else so far, and so becomes another tombstone
older_addresses as (
    select
        their_addresses.node,
        {{ tombstone('their_addresses.node') }} as person
    from their_addresses
    left join {{ ref('erasure_people') }} as known_people
        on their_addresses.node = known_people.node
    left join kept
        on their_addresses.node = kept.node
    where
        their_addresses.node is not null
        and known_people.node is null
        and kept.node is null
),

-- their referral codes: those of their customers rows, and those that they sent and nobody's row has
codes as (
    select
        theirs.code_node as node,
        theirs.person
    from theirs
    union all
    select
        sent.node,
        sent.person
    from (
        select
            {{ identity_node('code', 'events') }} as node,
            known_people.person
        from {{ every_system('events', has_erasures()) }} as events
        inner join {{ ref('erasure_people') }} as known_people
            on {{ identity_node('account', 'events') }} = known_people.node
        where
            {{ 'true' if has_erasures() else 'false' }}
            and events.event_type = 'referral_sent'
    ) as sent
    left join {{ ref('erasure_given') }} as given
        on sent.node = given.code_node
    where given.code_node is null
),

erasure_tombstones as (
    select
        node,
        person
    from {{ ref('erasure_people') }}
    union all
    select
        node,
        person
    from older_addresses
    union all
    select
        node,
        min(person) as person
    from codes
    where node is not null
    group by node
)

select * from erasure_tombstones
