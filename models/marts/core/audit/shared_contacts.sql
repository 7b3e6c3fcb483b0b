with shared_contacts as (
    select
        contact_hash,
        contact_type,
        count(account_key) as customer_ids,
        cast(sum(guest_orders) as bigint) as guest_orders,
        bool_or(is_staff) as is_of_staff
    from {{ ref('int_contacts') }}
    where is_shared
    group by
        contact_hash,
        contact_type
)

select * from shared_contacts
