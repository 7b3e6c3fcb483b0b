{%- set breakdowns = ['total'] + cohort_breakdowns() -%}
{%- set of_cells = breakdowns | join('), (cohort_month, month_start, ') -%}
-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
with people as (
    select
        *,
        'all' as total
    from {{ ref('int_cohorts') }}
),

cohorts as (
    select
        {{ breakdown(breakdowns) }},
        cohort_month,
        count(*) as cohort_customers,
        bool_or(is_left_censored) as is_left_censored
    from people
    group by grouping sets ((cohort_month, {{ breakdowns | join('), (cohort_month, ') }}))
),

customer_months as (
    select
        customer_number,
        {{ period_start('month', 'order_date') }} as month_start,
        max(case when day_number = 2 then 1 else 0 end) as is_second,
        sum(orders) as orders,
        sum(net_amount) as net_amount
    from {{ ref('int_order_days') }}
    group by
        customer_number,
        {{ period_start('month', 'order_date') }}
),

lives as (
    select
        people.*,
        months.month_start,
        months.is_second,
        months.orders,
        months.net_amount,
        max(months.month_start) over (partition by months.customer_number) as last_month
    from customer_months as months
    inner join people
        on months.customer_number = people.customer_number
),

-- in how many lives something happened in a month: an order, the last one, the second day
happenings as (
    select
        {{ breakdown(breakdowns) }},
        cohort_month,
        month_start,
        count(*) as ordering_customers,
        count(*) filter (where month_start = last_month) as leaving_customers,
        sum(is_second) as returning_customers,
        sum(orders) as orders,
        sum(net_amount) as net_amount
    from lives
    group by grouping sets ((cohort_month, month_start, {{ of_cells }}))
),

int_cohort_months as (
    select
        cohorts.breakdown,
        cohorts.breakdown_value,
        cohorts.cohort_month,
        months.period_start as month_start,
        months.is_complete,
        cohorts.cohort_customers,
        cohorts.is_left_censored,
        {%- for column in ['ordering_customers', 'leaving_customers', 'returning_customers', 'orders'] %}
        coalesce(happenings.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        coalesce(happenings.net_amount, 0) as net_amount
    from cohorts
    inner join {{ ref('int_periods') }} as months
        on
            cohorts.cohort_month <= months.period_start
            and months.period_grain = 'month'
    left join happenings
        on
            cohorts.breakdown = happenings.breakdown
            and cohorts.breakdown_value = happenings.breakdown_value
            and cohorts.cohort_month = happenings.cohort_month
            and months.period_start = happenings.month_start
)

select * from int_cohort_months
