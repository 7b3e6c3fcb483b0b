{{ config(materialized='table') }}

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

erasure_people as (
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
)

select * from erasure_people
