{#- An ISO date as a date in SQL; none is null. -#}
{% macro date_literal(iso_date) -%}
    cast({{ literal(iso_date) if iso_date else 'null' }} as date)
{%- endmacro %}
