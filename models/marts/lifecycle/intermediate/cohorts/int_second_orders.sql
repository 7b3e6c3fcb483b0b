{%- set breakdowns = ['total'] + cohort_breakdowns() -%}
{%- set horizons = second_order_days() -%}
-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
with people as (
    select
        cohorts.*,
        'all' as total,
        {{ days_from('cohorts.first_order_date', 'dates.as_of') }} as observed_days,
        {{ days_from('cohorts.first_order_date', 'cohorts.second_order_date') }} as return_days
    from {{ ref('int_cohorts') }} as cohorts
    cross join {{ ref('as_of') }} as dates
),

int_second_orders as (
    select
        {{ breakdown(breakdowns) }},
        cohort_month,
        count(*) as customers,
        count(second_order_date) as returned_customers,
        {%- for days in horizons %}
        count(*) filter (where observed_days >= {{ days }}) as observed_customers_{{ days }}d,
        count(*) filter (where observed_days >= {{ days }} and return_days <= {{ days }})
            as returned_customers_{{ days }}d,
        {%- endfor %}
        sum(first_orders) as first_orders,
        sum(first_net_amount) as first_net_amount,
        sum(first_orders) filter (where second_order_date is not null) as returned_first_orders,
        sum(first_net_amount) filter (where second_order_date is not null) as returned_first_net_amount,
        sum(second_orders) as second_orders,
        sum(second_net_amount) as second_net_amount,
        bool_or(is_left_censored) as is_left_censored
    from people
    group by grouping sets ((cohort_month, {{ breakdowns | join('), (cohort_month, ') }}))
)

select * from int_second_orders
