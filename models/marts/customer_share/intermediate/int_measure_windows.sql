-- The last, partial month's window begins within a month, whose later days alone it holds.
with last_window as (
    select max(window_start) as window_start
    from {{ ref('int_periods') }}
    where period_grain = 'month'
),

-- what lines say where an order's header takes more off; orders without lines are goods of no known cost
goods as (
    select
        {{ period_start('month', 'sales.order_date') }} as month_start,
        sales.order_date >= last_window.window_start as is_in_last_window,
        sum(greatest(sales.goods_amount, coalesce(costs.lines_amount, 0))) as goods_amount,
        sum(coalesce(costs.costed_amount, 0)) as costed_amount
    from {{ ref('int_valid_orders') }} as sales
    cross join last_window
    left join {{ ref('int_order_costs') }} as costs
        on sales.order_number = costs.order_number
    where sales.customer_number is not null
    group by
        {{ period_start('month', 'sales.order_date') }},
        sales.order_date >= last_window.window_start
),

measure_windows as (
    select 'all_time' as measure_window
    union all
    select 'trailing_12m' as measure_window
),

int_measure_windows as (
    select
        months.period_start as month_start,
        windows.measure_window,
        coalesce(
            sum(goods.goods_amount) > 0
            and sum(goods.costed_amount) * 100 >= sum(goods.goods_amount) * 95,
            false
        ) as is_costed
    from {{ ref('int_periods') }} as months
    cross join measure_windows as windows
    left join goods
        on
            months.period_start >= goods.month_start
            and (
                windows.measure_window = 'all_time'
                or goods.is_in_last_window
                or months.period_start < {{ add_to_date('month', 12, 'goods.month_start') }}
            )
    where months.period_grain = 'month'
    group by
        months.period_start,
        windows.measure_window
)

select * from int_measure_windows
