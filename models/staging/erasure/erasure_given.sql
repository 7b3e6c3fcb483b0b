{{ config(materialized='table') }}

{%- set is_asked_for = 'true' if has_erasures() else 'false' %}

with erasure_given as (
    select
        {{ identity_node('account', 'customers') }} as account_node,
        {{ identity_node('email', 'customers') }} as email_node,
        {{ identity_node('phone', 'customers') }} as phone_node,
        {{ identity_node('code', 'customers') }} as code_node
    from {{ every_system('customers', has_erasures()) }} as customers
    where {{ is_asked_for }}
    union all
    select
        {{ identity_node('account', 'orders') }} as account_node,
        {{ identity_node('email', 'orders') }} as email_node,
        {{ identity_node('phone', 'orders') }} as phone_node,
        cast(null as {{ dbt.type_string() }}) as code_node
    from {{ every_system('orders', has_erasures()) }} as orders
    where {{ is_asked_for }}
)

select * from erasure_given
