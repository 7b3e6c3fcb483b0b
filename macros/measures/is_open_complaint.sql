{#- Whether a ticket is a complaint that was open on a date: opened by then, and not resolved by then. -#}
{% macro is_open_complaint(tickets, date) -%}
    (
        {{ tickets }}.is_complaint
        and {{ tickets }}.opened_date <= {{ date }}
        and ({{ tickets }}.resolved_date is null or {{ tickets }}.resolved_date > {{ date }})
    )
{%- endmacro %}
