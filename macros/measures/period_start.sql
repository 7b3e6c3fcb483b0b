{#- The first day of the week (Monday), month, quarter or year that a date lies in. -#}
{% macro period_start(grain, date) -%}
    {%- if grain == 'day' -%}
        {{ date }}
    {%- else -%}
        cast({{ dbt.date_trunc(grain, date) }} as date)
    {%- endif -%}
{%- endmacro %}
