{{ config(materialized='table') }}

-- an address is shared by the same limits as in the identity of everybody
with uses as (
    select
        contact_node as node,
        account_node
    from {{ ref('erasure_addresses') }}
    union all
    select
        second_node as node,
        account_node
    from {{ ref('erasure_addresses') }}
    where second_node is not null
),

erasure_contacts as (
    select
        node,
        count(account_node) > 0 as is_account
    from uses
    group by node
    having
        count(distinct account_node) <= {{ number_var('shared_contact_customer_ids') }}
        and count(*) - count(account_node) <= {{ number_var('shared_contact_guest_orders') }}
)

select * from erasure_contacts
