-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
with orders as (
    select
        'all' as total,
        coalesce(country, 'unknown') as country,
        coalesce(channel, 'unknown') as channel,
        stage,
        weekday,
        order_hour,
        net_amount
    from {{ ref('int_recent_orders') }}
    where is_in_last_365_days
),

counted as (
    select
        {{ breakdown(['total', 'country', 'channel', 'stage']) }},
        weekday,
        order_hour,
        count(*) as orders,
        sum(net_amount) as net_amount
    from orders
    group by grouping sets (
        {%- for segment_by in ['total', 'country', 'channel', 'stage'] %}
        ({{ segment_by }}, weekday, order_hour){{ ',' if not loop.last }}
        {%- endfor %}
    )
),

segments as (
    select
        breakdown,
        breakdown_value,
        cast(sum(orders) filter (where order_hour is not null) as double) / 168 as mean_orders,
        count(*) filter (where order_hour is null) > 0 as has_dates_alone
    from counted
    group by
        breakdown,
        breakdown_value
),

-- hour 24 stands for the orders given as a date alone, where there are such
cells as (
    select
        segments.*,
        numbers.number % 7 + 1 as weekday,  -- noqa: RF04
        floor(numbers.number / 7) as order_hour
    from segments
    cross join {{ numbers_below(175) }}
    where
        numbers.number < 168
        or segments.has_dates_alone
),

purchase_patterns as (
    select
        cells.breakdown as segment_by,
        cells.breakdown_value as segment,
        cast(cells.weekday as bigint) as weekday,  -- noqa: RF04
        cast(case when cells.order_hour < 24 then cells.order_hour end as bigint) as hour,  -- noqa: RF04
        coalesce(counted.orders, 0) as orders,
        cast(coalesce(counted.net_amount, 0) as decimal(18, 4)) as net_amount,
        case
            when cells.order_hour < 24
                then round(100 * coalesce(counted.orders, 0) / cells.mean_orders, 9)
        end as index  -- noqa: RF04
    from cells
    left join counted
        on
            cells.breakdown = counted.breakdown
            and cells.breakdown_value = counted.breakdown_value
            and cells.weekday = counted.weekday
            and cells.order_hour = coalesce(counted.order_hour, 24)
)

select * from purchase_patterns
