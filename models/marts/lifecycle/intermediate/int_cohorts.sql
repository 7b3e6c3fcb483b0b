{#- The customers of which the first order ever is known to be in the data, with its month. -#}
with int_cohorts as (
    select
        days.customer_number,
        {{ period_start('month', 'days.order_date') }} as cohort_month,
        {{ period_start('month', 'days.next_order_date') }} as second_month
    from {{ ref('int_order_days') }} as days
    left join {{ ref('customers') }} as customers
        on days.customer_number = customers.customer_number
    where
        days.day_number = 1
        and not coalesce(customers.is_known_earlier, false)
)

select * from int_cohorts
