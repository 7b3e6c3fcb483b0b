{#- A date so many days or months later (earlier, if negative); a month's last day stays its last. -#}
{% macro add_to_date(part, number, date) -%}
    cast({{ dbt.dateadd(part, number, date) }} as date)
{%- endmacro %}
