with cohort_retention as (
    select
        cohort_month,
        months_since,
        basis,
        cohort_customers,
        active_customers,
        net_amount,
        retention_rate,
        is_mature,
        is_left_censored
    from {{ ref('int_cohort_cells') }}
    where breakdown = 'total'
)

select * from cohort_retention
