with cohorts as (
    select
        cohort_month,
        count(*) as cohort_customers
    from {{ ref('int_cohorts') }}
    group by cohort_month
),

customer_months as (
    select
        cohorts.cohort_month,
        cohorts.customer_number,
        {{ period_start('month', 'days.order_date') }} as month_start,
        sum(days.net_amount) as net_amount
    from {{ ref('int_order_days') }} as days
    inner join {{ ref('int_cohorts') }} as cohorts
        on days.customer_number = cohorts.customer_number
    group by
        cohorts.cohort_month,
        cohorts.customer_number,
        {{ period_start('month', 'days.order_date') }}
),

-- in how many customers' lives something happened in a month: an order, the last one, the second day
happenings as (
    select
        cohort_month,
        month_start,
        count(*) as ordering_customers,
        count(*) filter (where month_start = last_month) as leaving_customers,
        0 as returning_customers,
        sum(net_amount) as net_amount
    from (
        select
            cohort_month,
            month_start,
            net_amount,
            max(month_start) over (partition by customer_number) as last_month
        from customer_months
    ) as months_of_customers
    group by
        cohort_month,
        month_start
    union all
    select
        cohort_month,
        second_month as month_start,
        0 as ordering_customers,
        0 as leaving_customers,
        count(*) as returning_customers,
        0 as net_amount
    from {{ ref('int_cohorts') }}
    where second_month is not null
    group by
        cohort_month,
        second_month
),

int_cohort_months as (
    select
        cohorts.cohort_month,
        months.period_start as month_start,
        months.is_complete,
        cohorts.cohort_customers,
        coalesce(sum(happenings.ordering_customers), 0) as ordering_customers,
        coalesce(sum(happenings.leaving_customers), 0) as leaving_customers,
        coalesce(sum(happenings.returning_customers), 0) as returning_customers,
        coalesce(sum(happenings.net_amount), 0) as net_amount
    from cohorts
    inner join {{ ref('int_periods') }} as months
        on
            cohorts.cohort_month <= months.period_start
            and months.period_grain = 'month'
    left join happenings
        on
            cohorts.cohort_month = happenings.cohort_month
            and months.period_start = happenings.month_start
    group by
        cohorts.cohort_month,
        months.period_start,
        months.is_complete,
        cohorts.cohort_customers
)

select * from int_cohort_months
