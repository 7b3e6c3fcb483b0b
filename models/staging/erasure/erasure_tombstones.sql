{{ config(materialized='table') }}

{%- set is_asked_for = 'true' if has_erasures() else 'false' %}

with requested as (
    select
        customer_id as node,
        requested_at,
        true as is_account
    from {{ ref('stg_erasures') }}
    where customer_id is not null
    union all
    select
        email as node,
        requested_at,
        false as is_account
    from {{ ref('stg_erasures') }}
    where email is not null
),

-- an address that many share, or that nobody has, is erased as a value but is nobody's
known as (
    select
        requested.node,
        min(requested.requested_at) as requested_at,
        bool_or(requested.is_account or contacts.node is not null) as is_somebody,
        min(clusters.component) as component
    from requested
    left join {{ ref('erasure_contacts') }} as contacts
        on requested.node = contacts.node
    left join {{ ref('erasure_groups') }} as clusters
        on requested.node = clusters.node
    group by requested.node
),

-- the first request names the person: later ones, and accounts found later, change nothing
people as (
    select
        component,
        node,
        requested_at,
        is_somebody,
        first_value(node) over (
            partition by coalesce(cast(component as {{ dbt.type_string() }}), node)
            order by requested_at, node
            rows between unbounded preceding and current row
        ) as first_node
    from known
),

named as (
    select
        component,
        node,
        case
            when is_somebody then {{ tombstone('first_node') }}
        end as person
    from people
),

known_people as (
    select
        node,
        person
    from named
    where component is null
    union
    select
        clusters.node,
        named.person
    from {{ ref('erasure_groups') }} as clusters
    inner join named
        on clusters.component = named.component
),

-- what any row gives for their accounts, also one that was rejected, replaced or comes after as_of
given as (
    select
        {{ identity_node('account', 'customers') }} as account_node,
        {{ identity_node('email', 'customers') }} as email_node,
        {{ identity_node('phone', 'customers') }} as phone_node,
        {{ identity_node('code', 'customers') }} as code_node
    from {{ every_system('customers') }} as customers
    where {{ is_asked_for }}
    union all
    select
        {{ identity_node('account', 'orders') }} as account_node,
        {{ identity_node('email', 'orders') }} as email_node,
        {{ identity_node('phone', 'orders') }} as phone_node,
        cast(null as {{ dbt.type_string() }}) as code_node
    from {{ every_system('orders') }} as orders
    where {{ is_asked_for }}
),

theirs as (
    select
        given.email_node,
        given.phone_node,
        given.code_node,
        known_people.person
    from given
    inner join known_people
        on given.account_node = known_people.node
),

their_addresses as (
    select email_node as node
    from theirs
    union
    select phone_node as node
    from theirs
),

uses as (
    select contact_node as node
    from {{ ref('erasure_addresses') }}
    union
    select second_node as node
    from {{ ref('erasure_addresses') }}
),

-- an address that only such a row gives goes, too, unless another account has it or many share it; a guest
-- who orders by it has been somebody else so far, and so becomes another tombstone
older_addresses as (
    select
        their_addresses.node,
        {{ tombstone('their_addresses.node') }} as person
    from their_addresses
    left join known_people
        on their_addresses.node = known_people.node
    left join {{ ref('erasure_contacts') }} as contacts
        on their_addresses.node = contacts.node
    left join uses
        on their_addresses.node = uses.node
    where
        their_addresses.node is not null
        and known_people.node is null
        and (uses.node is null or not contacts.is_account)
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
        from {{ every_system('events') }} as events
        inner join known_people
            on {{ identity_node('account', 'events') }} = known_people.node
        where
            {{ is_asked_for }}
            and events.event_type = 'referral_sent'
    ) as sent
    left join given
        on sent.node = given.code_node
    where given.code_node is null
),

erasure_tombstones as (
    select
        node,
        person
    from known_people
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
