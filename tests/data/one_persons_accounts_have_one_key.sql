-- No pair of accounts that identity joined is left with two keys: the groups are complete.
with pairs as (
    select
        identities.source || ':' || identities.customer_id as left_account,
        identities.source || ':' || identities.same_as as right_account
    from {{ ref('stg_identities') }} as identities
    union all
    select
        contacts.account_key as left_account,
        other_contacts.account_key as right_account
    from {{ ref('int_contacts') }} as contacts
    inner join {{ ref('int_contacts') }} as other_contacts
        on contacts.contact_hash = other_contacts.contact_hash
    where not contacts.is_shared
)

select
    pairs.left_account,
    pairs.right_account
from pairs
inner join {{ ref('int_accounts') }} as lefts
    on pairs.left_account = lefts.account_key
inner join {{ ref('int_accounts') }} as rights
    on pairs.right_account = rights.account_key
where lefts.customer_key <> rights.customer_key
