{#- Who has which addresses, as a relation to select from: source, customer_id (null for a guest), email, phone. An account's
    are those of its customers row and of its own orders up to as_of. Never an event's: an invitation carries the friend's.

    `customers` and `orders` are relations, `as_of` a date; without one all orders count. -#}
{% macro known_addresses(customers, orders, as_of) -%}
(
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
)
{%- endmacro %}
