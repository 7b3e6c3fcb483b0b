{#- Whether an address is too many's to name anybody. `accounts` counts the customer ids that have it, `guest_orders` the orders
    without one. -#}
{% macro is_shared_contact(accounts, guest_orders) -%}
    ({{ accounts }} > {{ number_var('shared_contact_customer_ids') }}
    or {{ guest_orders }} > {{ number_var('shared_contact_guest_orders') }})
{%- endmacro %}
