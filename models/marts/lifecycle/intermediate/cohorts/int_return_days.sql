{#- After how many days people came a second time: of those whose 365 days were over at as_of. -#}
{%- set breakdowns = ['total'] + cohort_breakdowns() -%}
-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
with people as (
    select
        'all' as total,
        cohorts.channel,
        cohorts.category,
        cohorts.country,
        cohorts.cohort_month,
        {{ days_from('cohorts.first_order_date', 'cohorts.second_order_date') }} as return_days
    from {{ ref('int_cohorts') }} as cohorts
    cross join {{ ref('as_of') }} as dates
    where {{ add_to_date('day', 365, 'cohorts.first_order_date') }} <= dates.as_of
),

months as (
    select
        {{ breakdown(breakdowns) }},
        cohort_month,
        return_days,
        count(*) as customers
    from people
    where return_days <= 365
    group by grouping sets (
        (cohort_month, return_days, {{ breakdowns | join('), (cohort_month, return_days, ') }})
    )
),

int_return_days as (
    select
        grains.cohort_grain,
        grains.cohort_start,
        months.breakdown,
        months.breakdown_value,
        months.return_days,
        sum(months.customers) as customers
    from months
    inner join {{ ref('int_cohort_grains') }} as grains
        on months.cohort_month = grains.cohort_month
    group by
        grains.cohort_grain,
        grains.cohort_start,
        months.breakdown,
        months.breakdown_value,
        months.return_days
)

select * from int_return_days
