{#- Of customers with repeat purchases, the number x and mean amount m; none where they are too few to fit.

    Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value", equation 1a, in logarithms. -#}
{{ config(
    materialized='maximum_likelihood',
    fits=['full'],
    log_likelihood={
        'x': log_gamma('p * x + q') ~ ' - ' ~ log_gamma('p * x') ~ ' - ' ~ log_gamma('q') ~ ' + p * x * ln(x)',
        'x, m': 'q * ln(gamma) + (p * x - 1) * ln(m) - (p * x + q) * ln(gamma + x * m)'
    },
    parameters={'p': '1', 'q': '2', 'gamma': 'sum(customers * m) / sum(customers)'}
) }}

with patterns as (
    select
        fit,
        cast(frequency as double) as x,
        cast(repeat_net_amount as double) / frequency as m,
        history_days,
        count(*) as customers
    from {{ ref('int_rfm_summaries') }}
    where
        fit = 'full'
        and repeat_net_amount > 0
    group by
        fit,
        frequency,
        repeat_net_amount,
        history_days
),

counted as (
    select
        *,
        sum(customers) over () as repeat_customers
    from patterns
),

int_gamma_gamma_fit as (
    select
        fit,
        x,
        m,
        customers
    from counted
    where
        {{ enough_to_fit() }}
)

select * from int_gamma_gamma_fit
