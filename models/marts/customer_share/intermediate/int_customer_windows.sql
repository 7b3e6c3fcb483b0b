-- an amount enters both windows in its month and leaves the trailing one twelve months later
with changes as (
    select
        true as is_all_time,
        customer_number,
        month_start,
        activities,
        orders,
        net_amount,
        cost_amount
    from {{ ref('int_customer_months') }}
    union all
    select
        false as is_all_time,
        customer_number,
        month_start,
        activities,
        orders,
        net_amount,
        cost_amount
    from {{ ref('int_customer_months') }}
    union all
    select
        false as is_all_time,
        customer_number,
        {{ add_to_date('month', 12, 'month_start') }} as month_start,
        -activities as activities,
        -orders as orders,
        -net_amount as net_amount,
        -cost_amount as cost_amount
    from {{ ref('int_customer_months') }}
    where not is_in_last_window
),

monthly_changes as (
    select
        is_all_time,
        customer_number,
        month_start,
        sum(activities) as activities,
        sum(orders) as orders,
        sum(net_amount) as net_amount,
        sum(cost_amount) as cost_amount
    from changes
    group by
        is_all_time,
        customer_number,
        month_start
),

balances as (
    select
        is_all_time,
        customer_number,
        month_start as from_month,
        coalesce(lead(month_start) over customer_months, date '9999-12-31') as until_month,
        sum(activities) over customer_months as activities,
        sum(orders) over customer_months as orders,
        sum(net_amount) over customer_months as net_amount,
        sum(cost_amount) over customer_months as cost_amount
    from monthly_changes
    window customer_months as (
        partition by is_all_time, customer_number
        order by month_start
    )
),

int_customer_windows as (
    select
        case when balances.is_all_time then 'all_time' else 'trailing_12m' end as measure_window,
        months.period_start as month_start,
        balances.customer_number,
        cast(balances.orders as bigint) as orders,
        cast(balances.net_amount as decimal(18, 4)) as net_amount,
        cast(balances.cost_amount as decimal(18, 4)) as cost_amount
    from balances
    inner join {{ ref('int_periods') }} as months
        on
            balances.from_month <= months.period_start
            and balances.until_month > months.period_start
    where
        months.period_grain = 'month'
        and balances.activities > 0
)

select * from int_customer_windows
