{#- The customers of whom the first order ever is known to be in the data. -#}
{%- set breakdowns = cohort_breakdowns() -%}
with days as (
    select
        {%- for name, day_number in [('first', 1), ('second', 2)] %}
        max(order_date) filter (where day_number = {{ day_number }}) as {{ name }}_order_date,
        sum(orders) filter (where day_number = {{ day_number }}) as {{ name }}_orders,
        sum(net_amount) filter (where day_number = {{ day_number }}) as {{ name }}_net_amount,
        {%- endfor %}
        customer_number
    from {{ ref('int_order_days') }}
    where day_number <= 2
    group by customer_number
),

int_cohorts as (
    select
        origins.customer_number,
        {{ period_start('month', 'days.first_order_date') }} as cohort_month,
        days.first_order_date,
        days.second_order_date,
        days.first_orders,
        days.second_orders,
        days.first_net_amount,
        days.second_net_amount,
        {%- for breakdown in breakdowns %}
        {{ breakdown }}_values.shown_value as {{ breakdown }},
        {%- endfor %}
        origins.is_left_censored
    from {{ ref('int_cohort_origins') }} as origins
    inner join days
        on origins.customer_number = days.customer_number
    {%- for breakdown in breakdowns %}
    inner join {{ ref('int_cohort_values') }} as {{ breakdown }}_values
        on
            {{ breakdown }}_values.breakdown = {{ literal(breakdown) }}
            and origins.{{ breakdown }} = {{ breakdown }}_values.breakdown_value
    {%- endfor %}
)

select * from int_cohorts
