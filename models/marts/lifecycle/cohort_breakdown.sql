with cohort_breakdown as (
    select
        breakdown,
        breakdown_value,
        cohort_month,
        months_since,
        basis,
        cohort_customers,
        active_customers,
        orders,
        net_amount,
        retention_rate,
        -- an unfinished month has no value of its cohort's customers yet, either
        case
            when is_mature then round(cast(net_amount as double) / cohort_customers, 9)
        end as net_amount_per_customer,
        round(cast(net_amount as double) / nullif(orders, 0), 9) as average_order_value,
        is_mature,
        is_left_censored
    from {{ ref('int_cohort_cells') }}
    where breakdown <> 'total'
)

select * from cohort_breakdown
