{#- Who has which addresses, as a relation to select from: a row per account and address, and one per address for all guest
    orders with it: account_key (null for guests), contact_type, contact_hash, is_staff, guest_orders, and whether the
    address is_shared, so that it names nobody. Only hashes leave it.

    An account's are those of its customers row, of its own orders up to as_of, and its id where that is an email. Never an
    event's: an invitation carries the friend's.

    `customers`, `orders` and `accounts` (all that any table names) are relations, `as_of` a date; without one all orders
    count. -#}
{% macro known_addresses(customers, orders, accounts, as_of) -%}
(
    with given as (
        select
            {{ account_key('customer_id') }} as account_key,
            email,
            phone
        from {{ customers }} as customers
        union all
        select
            {{ account_key('customer_id') }} as account_key,
            email,
            phone
        from {{ orders }} as orders
        {{ 'where order_date <= ' ~ as_of if as_of }}
        union all
        select
            {{ account_key('customer_id') }} as account_key,
            customer_id as email,
            cast(null as {{ dbt.type_string() }}) as phone
        from {{ accounts }} as accounts
        where {{ is_email('customer_id') }}
    ),

    staff as (
        select distinct {{ account_key('customer_id') }} as account_key
        from {{ customers }} as customers
        where is_staff
    ),

    addresses as (
        select
            account_key,
            'email' as contact_type,
            {{ lower_case('email') }} as address
        from given
        union all
        select
            account_key,
            'phone' as contact_type,
            {{ normal_phone('phone') }} as address
        from given
    ),

    uses as (
        select
            account_key,
            contact_type,
            address,
            case when account_key is null then count(*) else 0 end as guest_orders
        from addresses
        where address is not null
        group by
            account_key,
            contact_type,
            address
    )

    select
        uses.account_key,
        uses.contact_type,
        {{ contact_hash('uses.contact_type', 'uses.address') }} as contact_hash,
        staff.account_key is not null as is_staff,
        uses.guest_orders,
        {{ is_shared_contact(
            'count(uses.account_key) over sharers', 'sum(uses.guest_orders) over sharers',
            'count(staff.account_key) over sharers > 0'
        ) }} as is_shared
    from uses
    left join staff
        on uses.account_key = staff.account_key
    window sharers as (partition by uses.contact_type, uses.address)
)
{%- endmacro %}
