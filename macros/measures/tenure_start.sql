{#- The date since which somebody of core.customers is a customer: of the first order in the data, or of an earlier one that the shop knows of. -#}
{% macro tenure_start(people) -%}
    least({{ people }}.first_order_date, {{ people }}.known_first_order_date)
{%- endmacro %}
