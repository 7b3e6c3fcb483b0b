{#- Who has which addresses, as a relation to select from: source, customer_id (null for a guest), email, phone, is_staff. An
    account's are those of its customers row, of its own orders up to as_of, and its id where that is an email. Never an
    event's: an invitation carries the friend's.

    `customers`, `orders` and `accounts` (all that any table names) are relations, `as_of` a date; without one all orders
    count. -#}
{% macro known_addresses(customers, orders, accounts, as_of) -%}
(
    select
        given.source,
        given.customer_id,
        given.email,
        given.phone,
        staff.customer_id is not null as is_staff
    from (
        select
            source,
            customer_id,
            email,
            phone
        from {{ customers }} as customers
        union all
        select
            source,
            customer_id,
            email,
            phone
        from {{ orders }} as orders
        {{ 'where order_date <= ' ~ as_of if as_of }}
        union all
        select
            source,
            customer_id,
            customer_id as email,
            cast(null as {{ dbt.type_string() }}) as phone
        from {{ accounts }} as accounts
        where {{ is_email('customer_id') }}
    ) as given
    left join (
        select
            source,
            customer_id
        from {{ customers }} as customers
        where is_staff
    ) as staff
        on
            given.source = staff.source
            and given.customer_id = staff.customer_id
)
{%- endmacro %}
