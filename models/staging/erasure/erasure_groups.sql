{{ config(materialized='connected_components') }}

-- Pairs of hashed accounts and addresses of one person; a guest's address is alone.
with erasure_groups as (
    select
        addresses.account_node as left_node,
        addresses.contact_node as right_node
    from {{ ref('erasure_addresses') }} as addresses
    inner join {{ ref('erasure_contacts') }} as contacts
        on addresses.contact_node = contacts.node
    where addresses.account_node is not null
    union
    select
        {{ identity_node('account', 'identities') }} as left_node,
        {{ identity_node('account', 'identities', 'same_as') }} as right_node
    from {{ latest_rows('identities') }} as identities
    where {{ 'true' if has_erasures() else 'false' }}
)

select
    left_node,
    right_node
from erasure_groups
