-- An account's addresses come from its customers row and its own orders, never from events: an invitation
-- carries the friend's address. Only hashes leave this model.
with customer_addresses as (
    select
        source || ':' || customer_id as account_key,
        {{ lower_case('email') }} as email,
        {{ normal_phone('phone') }} as phone
    from {{ ref('stg_customers') }}
    union
    select
        orders.source || ':' || orders.customer_id as account_key,
        {{ lower_case('orders.email') }} as email,
        {{ normal_phone('orders.phone') }} as phone
    from {{ ref('stg_orders') }} as orders
    inner join {{ ref('as_of') }} as dates
        on orders.order_date <= dates.as_of
    where orders.customer_id is not null
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
