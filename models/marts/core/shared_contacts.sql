with contact_uses as (
    select
        contact_hash,
        contact_type,
        count(*) as customer_ids,
        0 as guest_orders,
        bool_or(is_staff) as is_of_staff
    from {{ ref('int_contacts') }}
    group by
        contact_hash,
        contact_type
    union all
    select
        email_hash as contact_hash,
        'email' as contact_type,
        0 as customer_ids,
        count(*) as guest_orders,
        false as is_of_staff
    from {{ ref('int_guest_orders') }}
    where email_hash is not null
    group by email_hash
    union all
    select
        phone_hash as contact_hash,
        'phone' as contact_type,
        0 as customer_ids,
        count(*) as guest_orders,
        false as is_of_staff
    from {{ ref('int_guest_orders') }}
    where phone_hash is not null
    group by phone_hash
),

shared_contacts as (
    select
        contact_hash,
        contact_type,
        cast(sum(customer_ids) as bigint) as customer_ids,
        cast(sum(guest_orders) as bigint) as guest_orders,
        bool_or(is_of_staff) as is_of_staff
    from contact_uses
    group by
        contact_hash,
        contact_type
    having {{ is_shared_contact('sum(customer_ids)', 'sum(guest_orders)', 'bool_or(is_of_staff)') }}
)

select * from shared_contacts
