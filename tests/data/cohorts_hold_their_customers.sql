{{ config(enabled=has_subjects(['lifecycle'])) }}
-- A cohort keeps its size, its cumulative retention never falls, and what it brought adds up on every basis.
with cells as (
    select
        *,
        lag(active_customers) over cohort_cells as previous_customers,
        lag(cohort_customers) over cohort_cells as previous_size
    from {{ ref('cohort_retention') }}
    window cohort_cells as (
        partition by cohort_month, basis
        order by months_since
    )
),

amounts as (
    select
        cohort_month,
        sum(net_amount) filter (where basis = 'period') as period_amount,
        max(net_amount) filter (where basis = 'on_or_after' and months_since = 0) as later_amount
    from {{ ref('cohort_retention') }}
    group by cohort_month
),

customers as (
    select
        {{ period_start('month', 'first_order_date') }} as cohort_month,
        count(*) as customers,
        sum(net_amount + credit_note_amount) as net_amount
    from {{ ref('customers') }}
    where
        orders > 0
        and not is_known_earlier
    group by {{ period_start('month', 'first_order_date') }}
)

select
    cohort_month,
    'cell' as failure
from cells
where
    cohort_customers <> previous_size
    or (basis = 'cumulative' and active_customers < previous_customers)
    or (basis = 'on_or_after' and active_customers > previous_customers)
union all
select
    customers.cohort_month,
    'sum' as failure
from customers
left join cells
    on
        customers.cohort_month = cells.cohort_month
        and cells.basis = 'period'
        and cells.months_since = 0
left join amounts
    on customers.cohort_month = amounts.cohort_month
where
    cells.cohort_customers is null
    or customers.customers <> cells.cohort_customers
    or customers.net_amount <> amounts.period_amount
    or customers.net_amount <> amounts.later_amount
