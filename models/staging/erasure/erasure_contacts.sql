{{ config(materialized='table') }}

with uses as (
    select
        contact_node as node,
        account_node,
        is_staff
    from {{ ref('erasure_addresses') }}
    union all
    select
        second_node as node,
        account_node,
        is_staff
    from {{ ref('erasure_addresses') }}
    where second_node is not null
),

erasure_contacts as (
    select
        node,
        count(account_node) > 0 as is_account
    from uses
    group by node
    having not {{ is_shared_contact('count(distinct account_node)', 'count(*) - count(account_node)', 'bool_or(is_staff)') }}
)

select * from erasure_contacts
