{%- set horizons = second_order_days() -%}
{%- set orders = ['first', 'returned_first', 'second'] -%}
with counted as (
    select
        grains.cohort_grain,
        grains.cohort_start,
        months.breakdown,
        months.breakdown_value,
        cast(sum(months.customers) as bigint) as customers,
        cast(sum(months.returned_customers) as bigint) as returned_customers,
        {%- for days in horizons %}
        cast(sum(months.observed_customers_{{ days }}d) as bigint) as observed_customers_{{ days }}d,
        cast(sum(months.returned_customers_{{ days }}d) as bigint) as returned_customers_{{ days }}d,
        {%- endfor %}
        {%- for name in orders %}
        cast(coalesce(sum(months.{{ name }}_orders), 0) as bigint) as {{ name }}_orders,
        cast(coalesce(sum(months.{{ name }}_net_amount), 0) as decimal(18, 4)) as {{ name }}_net_amount,
        {%- endfor %}
        bool_or(months.is_left_censored) as is_left_censored
    from {{ ref('int_second_orders') }} as months
    inner join {{ ref('int_cohort_grains') }} as grains
        on months.cohort_month = grains.cohort_month
    group by
        grains.cohort_grain,
        grains.cohort_start,
        months.breakdown,
        months.breakdown_value
),

so_far as (
    select
        cohort_grain,
        cohort_start,
        breakdown,
        breakdown_value,
        return_days,
        sum(customers) over (
            partition by cohort_grain, cohort_start, breakdown, breakdown_value
            order by return_days
        ) as customers_so_far
    from {{ ref('int_return_days') }}
),

medians as (
    select
        counted.cohort_grain,
        counted.cohort_start,
        counted.breakdown,
        counted.breakdown_value,
        min(so_far.return_days) filter (
            where so_far.customers_so_far * 2 >= counted.observed_customers_365d
        ) as half_returned_after_days,
        min(so_far.return_days) filter (
            where so_far.customers_so_far * 2 >= counted.returned_customers_365d
        ) as median_days_of_returned_365d
    from counted
    inner join so_far
        on
            counted.cohort_grain = so_far.cohort_grain
            and counted.cohort_start = so_far.cohort_start
            and counted.breakdown = so_far.breakdown
            and counted.breakdown_value = so_far.breakdown_value
    group by
        counted.cohort_grain,
        counted.cohort_start,
        counted.breakdown,
        counted.breakdown_value
),

time_to_second_order as (
    select
        counted.cohort_grain,
        counted.cohort_start,
        counted.breakdown,
        counted.breakdown_value,
        counted.customers,
        counted.returned_customers,
        {%- for days in horizons %}
        counted.observed_customers_{{ days }}d,
        counted.returned_customers_{{ days }}d,
        {{ share_of('counted.returned_customers_' ~ days ~ 'd', 'counted.observed_customers_' ~ days ~ 'd') }}
            as returned_share_{{ days }}d,
        {%- endfor %}
        cast(medians.half_returned_after_days as bigint) as half_returned_after_days,
        cast(medians.median_days_of_returned_365d as bigint) as median_days_of_returned_365d,
        {%- for name in orders %}
        counted.{{ name }}_orders,
        counted.{{ name }}_net_amount,
        round(cast(counted.{{ name }}_net_amount as double) / nullif(counted.{{ name }}_orders, 0), 9)
            as {{ name }}_order_value,
        {%- endfor %}
        counted.is_left_censored
    from counted
    left join medians
        on
            counted.cohort_grain = medians.cohort_grain
            and counted.cohort_start = medians.cohort_start
            and counted.breakdown = medians.breakdown
            and counted.breakdown_value = medians.breakdown_value
)

select * from time_to_second_order
