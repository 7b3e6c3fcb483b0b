{{ config(materialized='connected_components') }}

-- Pairs of accounts of one person; the materialization joins them into groups.
with usable_contacts as (
    select
        account_key,
        min(account_key) over (partition by contact_hash) as first_account_key
    from {{ ref('int_contacts') }}
    where
        account_key is not null
        and not is_shared
),

-- whoever was erased has no address left that would join the tombstones of one person's accounts
erased_ids as (
    select
        person,
        person as customer_id
    from {{ ref('erasure_tombstones') }}
    union
    select
        person,
        {{ account_tombstone('person', 'node') }} as customer_id
    from {{ ref('erasure_tombstones') }}
),

account_pairs as (
    select
        {{ account_key('customer_id') }} as left_node,
        {{ account_key('same_as') }} as right_node
    from {{ ref('stg_identities') }}
    union
    select
        first_account_key as left_node,
        account_key as right_node
    from usable_contacts
    union
    select
        min(accounts.account_key) over (partition by erased_ids.person) as left_node,
        accounts.account_key as right_node
    from {{ ref('int_account_ids') }} as accounts
    inner join erased_ids
        on accounts.customer_id = erased_ids.customer_id
)

select
    left_node,
    right_node
from account_pairs
where left_node <> right_node
