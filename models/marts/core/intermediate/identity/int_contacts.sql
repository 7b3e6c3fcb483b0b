-- Only hashes leave this model.
with customer_addresses as (
    select distinct
        source || ':' || customer_id as account_key,
        {{ lower_case('email') }} as email,
        {{ normal_phone('phone') }} as phone
    from {{ known_addresses(
        ref('stg_customers'), ref('stg_orders'), '(select dates.as_of from ' ~ ref('as_of') ~ ' as dates)'
    ) }} as known_addresses
    where customer_id is not null
),

addresses as (
    select
        account_key,
        'email' as contact_type,
        email as address
    from customer_addresses
    where email is not null
    union
    select
        account_key,
        'phone' as contact_type,
        phone as address
    from customer_addresses
    where phone is not null
),

int_contacts as (
    select
        account_key,
        contact_type,
        {{ contact_hash('contact_type', 'address') }} as contact_hash
    from addresses
)

select * from int_contacts
