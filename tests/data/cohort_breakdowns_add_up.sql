{{ config(enabled=has_subjects(['lifecycle'])) }}
-- The values of each breakdown hold the customers, orders and amounts of cohort_retention, cell by cell; what
-- time_to_second_order counts is the same people again, and their second order day is the cohort's.
{%- set counted = ['cohort_customers', 'active_customers', 'net_amount'] %}
with breakdowns as (
    select distinct breakdown
    from {{ ref('cohort_breakdown') }}
),

added as (
    select
        breakdown,
        cohort_month,
        months_since,
        basis,
        {%- for column in counted %}
        sum({{ column }}) as {{ column }},
        {%- endfor %}
        bool_or(is_left_censored) as is_left_censored
    from {{ ref('cohort_breakdown') }}
    group by
        breakdown,
        cohort_month,
        months_since,
        basis
),

expected as (
    select
        breakdowns.breakdown,
        cells.*
    from {{ ref('cohort_retention') }} as cells
    cross join breakdowns
),

-- who came a second time up to as_of, by the last cell of each cohort
cohorts as (
    select
        breakdown,
        breakdown_value,
        cohort_month,
        max(cohort_customers) as customers,
        max(active_customers) as returned_customers
    from {{ ref('cohort_breakdown') }}
    where basis = 'cumulative'
    group by
        breakdown,
        breakdown_value,
        cohort_month
),

totals as (
    select
        cohort_grain,
        breakdown,
        sum(customers) as customers,
        sum(second_orders) as second_orders,
        sum(first_net_amount) as first_net_amount
    from {{ ref('time_to_second_order') }}
    group by
        cohort_grain,
        breakdown
)

select
    expected.breakdown,
    'cell' as failure
from expected
full outer join added
    on
        expected.breakdown = added.breakdown
        and expected.cohort_month = added.cohort_month
        and expected.months_since = added.months_since
        and expected.basis = added.basis
where
    coalesce(expected.is_left_censored <> added.is_left_censored, true)
    {%- for column in counted %}
    or coalesce(expected.{{ column }} <> added.{{ column }}, true)
    {%- endfor %}
union all
select
    cohorts.breakdown,
    'second' as failure
from cohorts
full outer join {{ ref('time_to_second_order') }} as seconds
    on
        cohorts.breakdown = seconds.breakdown
        and cohorts.breakdown_value = seconds.breakdown_value
        and cohorts.cohort_month = seconds.cohort_start
where
    coalesce(seconds.cohort_grain, 'month') = 'month'
    and coalesce(seconds.breakdown, '') <> 'total'
    and (
        coalesce(cohorts.customers <> seconds.customers, true)
        or cohorts.returned_customers <> seconds.returned_customers
    )
union all
select
    breakdown,
    'grain' as failure
from totals
group by breakdown
having
    min(customers) <> max(customers)
    or min(second_orders) <> max(second_orders)
    or min(first_net_amount) <> max(first_net_amount)
