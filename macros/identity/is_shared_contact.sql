{#- Whether an address names nobody: too many share it, or a staff account has it. `accounts` counts the customer ids that
    have it, `guest_orders` the orders without one. -#}
{% macro is_shared_contact(accounts, guest_orders, is_of_staff) -%}
    ({{ accounts }} > {{ number_var('shared_contact_customer_ids') }}
    or {{ guest_orders }} > {{ number_var('shared_contact_guest_orders') }}
    or {{ is_of_staff }})
{%- endmacro %}
