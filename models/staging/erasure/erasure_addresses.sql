{{ config(materialized='table') }}

{%- set as_of = setting('as_of', 'PATRONAGE_AS_OF') %}

-- Who has which address, as it will be when staging has chosen among versions: read before staging
-- writes, as what is to be erased must not be written. Empty unless somebody asked to be erased.
with hashed as (
    select
        {{ identity_node('account', 'named') }} as account_node,
        {{ identity_node('email', 'named') }} as email_node,
        {{ identity_node('phone', 'named') }} as phone_node
    from {{ known_addresses(
        latest_rows('customers'), latest_rows('orders'), date_literal(as_of) if as_of
    ) }} as named
    where {{ 'true' if has_erasures() else 'false' }}
),

erasure_addresses as (
    select
        account_node,
        email_node as contact_node,
        cast(null as {{ dbt.type_string() }}) as second_node
    from hashed
    where
        account_node is not null
        and email_node is not null
    union all
    select
        account_node,
        phone_node as contact_node,
        cast(null as {{ dbt.type_string() }}) as second_node
    from hashed
    where
        account_node is not null
        and phone_node is not null
    union all
    select
        account_node,
        coalesce(email_node, phone_node) as contact_node,
        case when email_node is not null then phone_node end as second_node
    from hashed
    where
        account_node is null
        and coalesce(email_node, phone_node) is not null
)

select * from erasure_addresses
