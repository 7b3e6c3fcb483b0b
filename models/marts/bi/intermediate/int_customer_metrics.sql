{%- set leave_reasons = mart_of('service', 'leave_reasons', {
    'month_start': 'date', 'reason': 'string', 'customers': 'bigint',
}) -%}
with stock as (
    select
        {{ period_start('month', 'period_end') }} as month_start,
        'stage' as breakdown,
        stage as breakdown_value,
        customers
    from {{ ref('lifecycle_stock') }}
    where period_grain = 'month'
),

seconds as (
    select
        *,
        cohort_start as month_start
    from {{ ref('time_to_second_order') }}
    where cohort_grain = 'month'
),

cohorts as (
    select
        cohort_month as month_start,
        'total' as breakdown,
        'all' as breakdown_value,
        basis,
        months_since,
        is_mature,
        active_customers,
        cohort_customers
    from {{ ref('cohort_retention') }}
    union all
    select
        cohort_month as month_start,
        breakdown,
        breakdown_value,
        basis,
        months_since,
        is_mature,
        active_customers,
        cohort_customers
    from {{ ref('cohort_breakdown') }}
),

lapses as (
    select
        month_start,
        'total' as breakdown,
        'all' as breakdown_value,
        sum(customers) as customers
    from {{ leave_reasons }}
    group by month_start
    union all
    select
        month_start,
        'reason' as breakdown,
        reason as breakdown_value,
        customers
    from {{ leave_reasons }}
),

int_customer_metrics as (
    {{ metric_rows('stock', {'customers_in_stage': 'customers'}) | trim }}
    union all
    {{ metric_rows(
        'seconds', {'second_order_share_90d': ['returned_customers_90d', 'observed_customers_90d']},
        'observed_customers_90d > 0', 'observed_customers_90d = customers'
    ) | trim }}
    union all
    {{ metric_rows(
        'cohorts', {'retention_12m': ['active_customers', 'cohort_customers']},
        "basis = 'cumulative' and months_since = 12 and is_mature"
    ) | trim }}
    union all
    {{ metric_rows('lapses', {'lapsed_customers': 'customers'}) | trim }}
)

select * from int_customer_metrics
