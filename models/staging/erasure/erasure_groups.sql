{{ config(materialized='connected_components') }}

-- Pairs of hashed accounts and addresses of one person; a guest's address is alone.
with erasure_groups as (
    select
        account_node as left_node,
        contact_node as right_node
    from {{ ref('erasure_addresses') }}
    where
        account_node is not null
        and not is_shared
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
