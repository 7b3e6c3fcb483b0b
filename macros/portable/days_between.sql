{#- A relation `days` with a row for each day from one date to another, both included. -#}
{% macro days_between(first_day, last_day) %}
    {{ return(adapter.dispatch('days_between')(first_day, last_day)) }}
{% endmacro %}

{% macro duckdb__days_between(first_day, last_day) -%}
    (
        select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date) as day
    ) as days
{%- endmacro %}

{% macro spark__days_between(first_day, last_day) -%}
    lateral explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day)) as days (day)
{%- endmacro %}
