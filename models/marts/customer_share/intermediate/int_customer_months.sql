{#- What each customer bought and got back in a month, split by whether it lies in the last window. -#}
with activity as (
    select
        sales.customer_number,
        sales.order_date as activity_date,
        1 as orders,
        sales.net_amount,
        coalesce(costs.cost_amount, 0) as cost_amount
    from {{ ref('int_valid_orders') }} as sales
    left join {{ ref('int_order_costs') }} as costs
        on sales.order_number = costs.order_number
    union all
    select
        customer_number,
        refund_date as activity_date,
        0 as orders,
        -amount as net_amount,
        0 as cost_amount
    from {{ ref('refunds') }}
    where
        is_credit_note
        and is_valid
        and customer_number is not null
),

last_window as (
    select max(window_start) as window_start
    from {{ ref('int_periods') }}
    where period_grain = 'month'
),

-- the last, partial month's window begins within a month, whose later days alone it holds
dated as (
    select
        activity.customer_number,
        {{ period_start('month', 'activity.activity_date') }} as month_start,
        activity.activity_date >= last_window.window_start as is_in_last_window,
        activity.orders,
        activity.net_amount,
        activity.cost_amount
    from activity
    cross join last_window
),

int_customer_months as (
    select
        customer_number,
        month_start,
        is_in_last_window,
        cast(count(*) as bigint) as activities,
        cast(sum(orders) as bigint) as orders,
        cast(sum(net_amount) as decimal(18, 4)) as net_amount,
        cast(sum(cost_amount) as decimal(18, 4)) as cost_amount
    from dated
    group by
        customer_number,
        month_start,
        is_in_last_window
)

select * from int_customer_months
