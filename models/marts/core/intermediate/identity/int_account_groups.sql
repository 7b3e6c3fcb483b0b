{{ config(materialized='connected_components') }}

-- Pairs of accounts of one person; the materialization joins them into groups.
with usable_contacts as (
    select
        contacts.contact_hash,
        contacts.account_key,
        min(contacts.account_key) over (partition by contacts.contact_hash) as first_account_key
    from {{ ref('int_contacts') }} as contacts
    left join {{ ref('shared_contacts') }} as shared
        on contacts.contact_hash = shared.contact_hash
    where shared.contact_hash is null
),

account_pairs as (
    select
        source || ':' || customer_id as left_node,
        source || ':' || same_as as right_node
    from {{ ref('stg_identities') }}
    union
    select
        first_account_key as left_node,
        account_key as right_node
    from usable_contacts
    union
    select
        first_account_key as left_node,
        account_key as right_node
    from {{ ref('int_erased_accounts') }}
)

select
    left_node,
    right_node
from account_pairs
where left_node <> right_node
