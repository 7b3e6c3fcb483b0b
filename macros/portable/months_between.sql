{#- A relation `months` with a row (month_start) for each month from one month's first day to the month of another date, both included. -#}
{% macro months_between(first_month, last_day) %}
    {{ return(adapter.dispatch('months_between')(first_month, last_day)) }}
{% endmacro %}

{% macro duckdb__months_between(first_month, last_day) -%}
    (
        select cast(unnest(generate_series({{ first_month }}, {{ last_day }}, interval 1 month)) as date) as month_start
    ) as months
{%- endmacro %}

{% macro spark__months_between(first_month, last_day) -%}
    lateral explode(sequence({{ first_month }}, {{ last_day }}, interval 1 month)) as months (month_start)
{%- endmacro %}
