-- twelve months may be a day longer than the 365 that most numbers count
with dates as (
    select
        max(periods.window_start) as window_start,
        max({{ add_to_date('day', -365, 'dates.as_of') }}) as counted_after
    from {{ ref('int_periods') }} as periods
    cross join {{ ref('as_of') }} as dates
),

stages as (
    select
        customer_number,
        stage
    from {{ ref('lifecycle_spells') }}
    where ended_on is null
),

int_recent_orders as (
    select
        orders.order_number,
        orders.customer_number,
        orders.order_date,
        {{ days_from(period_start('week', 'orders.order_date'), 'orders.order_date') }}
        + 1 as weekday,  -- noqa: RF04
        orders.order_hour,
        orders.channel,
        orders.country,
        case when orders.customer_number is null then 'unattributed' else stages.stage end as stage,
        orders.distinct_products,
        orders.units,
        orders.net_amount,
        orders.order_date > dates.counted_after as is_in_last_365_days
    from {{ ref('orders') }} as orders
    inner join dates
        on orders.order_date >= dates.window_start
    left join stages
        on orders.customer_number = stages.customer_number
    where orders.is_valid
)

select * from int_recent_orders
