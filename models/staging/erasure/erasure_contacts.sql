{{ config(materialized='table') }}

with erasure_contacts as (
    select
        contact_node as node,
        count(account_node) > 0 as is_account
    from {{ ref('erasure_addresses') }}
    where not is_shared
    group by contact_node
)

select * from erasure_contacts
