with cohort_months as (
    select
        *,
        (extract(year from month_start) - extract(year from cohort_month)) * 12
        + extract(month from month_start) - extract(month from cohort_month) as months_since,
        is_complete as is_mature,
        sum(leaving_customers) over so_far as left_customers,
        sum(returning_customers) over so_far as returned_customers,
        sum(net_amount) over so_far as net_amount_so_far,
        sum(net_amount) over (partition by cohort_month) as net_amount_in_all
    from {{ ref('int_cohort_months') }}
    window so_far as (
        partition by cohort_month
        order by month_start
    )
),

cells as (
    select
        cohort_month,
        months_since,
        'period' as basis,
        cohort_customers,
        ordering_customers as active_customers,
        net_amount,
        is_mature
    from cohort_months
    union all
    -- who had the last order before the month is gone; the month's own amount is still to come
    select
        cohort_month,
        months_since,
        'on_or_after' as basis,
        cohort_customers,
        cohort_customers - left_customers + leaving_customers as active_customers,
        net_amount_in_all - net_amount_so_far + net_amount as net_amount,
        is_mature
    from cohort_months
    union all
    select
        cohort_month,
        months_since,
        'cumulative' as basis,
        cohort_customers,
        returned_customers as active_customers,
        net_amount_so_far as net_amount,
        is_mature
    from cohort_months
),

cohort_retention as (
    select
        cohort_month,
        cast(months_since as bigint) as months_since,
        basis,
        cast(cohort_customers as bigint) as cohort_customers,
        cast(active_customers as bigint) as active_customers,
        cast(net_amount as decimal(18, 4)) as net_amount,
        case when is_mature then {{ share_of('active_customers', 'cohort_customers') }} end as retention_rate,
        is_mature
    from cells
)

select * from cohort_retention
