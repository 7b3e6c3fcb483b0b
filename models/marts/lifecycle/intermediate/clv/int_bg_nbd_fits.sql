{#- How often customers buy, and how they leave: of each fit the distinct purchase histories, in weeks (x
    repeat purchases, the last at t_x, seen for age) with their customers; none where they are too few to fit.

    Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, equation 6, in logarithms. -#}
{%- set purchases =
    log_gamma('r + x') ~ ' - ' ~ log_gamma('r') ~ ' + r * ln(alpha)'
    ~ ' + ' ~ log_gamma('a + b') ~ ' - ' ~ log_gamma('b')
    ~ ' + ' ~ log_gamma('b + x') ~ ' - ' ~ log_gamma('a + b + x')
-%}
{%- set left = 'ln(a) - ln(b + x - 1) + (r + x) * (ln(alpha + age) - ln(alpha + t_x))' -%}
{%- set times =
    'case when x > 0 then greatest(' ~ left ~ ', 0) + ln(1 + exp(-abs(' ~ left ~ '))) else 0 end'
    ~ ' - (r + x) * ln(alpha + age)'
-%}
{{ config(
    materialized='maximum_likelihood',
    fits=['full', 'calibration'],
    log_likelihood={'x': purchases, 'x, t_x, age': times},
    parameters={'r': '0.5', 'alpha': '(1 + sum(customers * age) / sum(customers)) / 4', 'a': '1', 'b': '3'}
) }}

with patterns as (
    select
        fit,
        frequency as x,
        cast(recency_days as double) / 7 as t_x,
        cast(age_days as double) / 7 as age,
        history_days,
        count(*) as customers
    from {{ ref('int_rfm_summaries') }}
    group by
        fit,
        frequency,
        recency_days,
        age_days,
        history_days
),

counted as (
    select
        *,
        sum(case when x > 0 then customers else 0 end) over (partition by fit) as repeat_customers
    from patterns
),

int_bg_nbd_fits as (
    select
        fit,
        x,
        t_x,
        age,
        customers
    from counted
    where
        {{ enough_to_fit() }}
)

select * from int_bg_nbd_fits
