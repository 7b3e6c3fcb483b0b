with int_contacts as (
    select
        account_key,
        contact_type,
        contact_hash,
        is_staff,
        guest_orders,
        is_shared
    from {{ known_addresses(
        ref('stg_customers'), ref('stg_orders'), ref('int_account_ids'),
        '(select dates.as_of from ' ~ ref('int_as_of') ~ ' as dates)'
    ) }} as known_addresses
)

select * from int_contacts
