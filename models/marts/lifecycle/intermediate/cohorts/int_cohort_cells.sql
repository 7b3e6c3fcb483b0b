with cohort_months as (
    select
        *,
        (extract(year from month_start) - extract(year from cohort_month)) * 12
        + extract(month from month_start) - extract(month from cohort_month) as months_since,
        is_complete as is_mature,
        sum(leaving_customers) over so_far as left_customers,
        sum(returning_customers) over so_far as returned_customers,
        sum(orders) over so_far as orders_so_far,
        sum(net_amount) over so_far as net_amount_so_far,
        sum(orders) over in_all as orders_in_all,
        sum(net_amount) over in_all as net_amount_in_all
    from {{ ref('int_cohort_months') }}
    window
        so_far as (
            partition by breakdown, breakdown_value, cohort_month
            order by month_start
        ),
        in_all as (partition by breakdown, breakdown_value, cohort_month)
),

-- who had the last order before the month is gone; the month's own amount is still to come
bases as (
    {%- for basis, active_customers, brought in [
        ('period', 'ordering_customers', '{0}'),
        ('on_or_after', 'cohort_customers - left_customers + leaving_customers', '{0}_in_all - {0}_so_far + {0}'),
        ('cumulative', 'returned_customers', '{0}_so_far'),
    ] %}
    {{ 'union all' if not loop.first }}
    select
        breakdown,
        breakdown_value,
        cohort_month,
        months_since,
        {{ literal(basis) }} as basis,
        cohort_customers,
        {{ active_customers }} as active_customers,
        {{ brought.format('orders') }} as orders,
        {{ brought.format('net_amount') }} as net_amount,
        is_mature,
        is_left_censored
    from cohort_months
    {%- endfor %}
),

int_cohort_cells as (
    select
        breakdown,
        breakdown_value,
        cohort_month,
        cast(months_since as bigint) as months_since,
        basis,
        cast(cohort_customers as bigint) as cohort_customers,
        cast(active_customers as bigint) as active_customers,
        cast(orders as bigint) as orders,
        cast(net_amount as decimal(18, 4)) as net_amount,
        case when is_mature then {{ share_of('active_customers', 'cohort_customers') }} end as retention_rate,
        is_mature,
        is_left_censored
    from bases
)

select * from int_cohort_cells
