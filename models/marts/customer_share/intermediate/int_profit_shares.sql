-- Whole units of the last digit add up exactly as doubles; customers of one profit may stand in any order.
with profits as (
    select
        customers.measure_window = 'all_time' as is_all_time,
        customers.month_start,
        cast(
            cast(greatest(customers.net_amount - customers.cost_amount, 0) as decimal(28, 4)) * 10000
            as double
        ) as profit_units
    from {{ ref('int_customer_windows') }} as customers
    inner join {{ ref('int_measure_windows') }} as windows
        on
            customers.measure_window = windows.measure_window
            and customers.month_start = windows.month_start
    where
        windows.is_costed
        and customers.orders > 0
        and customers.customer_number is not null
),

ranked as (
    select
        is_all_time,
        month_start,
        profit_units,
        row_number() over (
            partition by is_all_time, month_start
            order by profit_units desc
        ) as customer_rank,
        count(*) over (partition by is_all_time, month_start) as customers
    from profits
),

int_profit_shares as (
    select
        case when is_all_time then 'all_time' else 'trailing_12m' end as measure_window,
        month_start,
        {{ share_of(
            'sum(profit_units) filter (where customer_rank <= ceil(customers * 20 / 100.0))',
            'sum(profit_units)'
        ) }} as top_20_percent_profit_share
    from ranked
    group by
        is_all_time,
        month_start
)

select * from int_profit_shares
