-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
with orders as (
    select
        'all' as total,
        coalesce(country, 'unknown') as country,
        coalesce(channel, 'unknown') as channel,
        stage,
        distinct_products,
        case when distinct_products > 0 then units end as units,
        net_amount
    from {{ ref('int_recent_orders') }}
    where is_in_last_365_days
),

counted as (
    select
        {{ breakdown(['total', 'country', 'channel', 'stage']) }},
        count(*) as orders,
        count(*) filter (where distinct_products = 1) as single_item_orders,
        count(*) filter (where distinct_products > 1) as multi_item_orders,
        count(*) filter (where distinct_products = 0) as unknown_orders,
        sum(distinct_products) as products,
        {{ quantile(0.5, 'units') }} as median_units,
        coalesce(sum(net_amount) filter (where distinct_products = 1), 0) as single_item_net_amount,
        coalesce(sum(net_amount) filter (where distinct_products > 1), 0) as multi_item_net_amount
    from orders
    group by grouping sets ((total), (country), (channel), (stage))
),

basket_mix as (
    select
        breakdown as segment_by,
        breakdown_value as segment,
        orders,
        single_item_orders,
        multi_item_orders,
        unknown_orders,
        {{ share_of('multi_item_orders', '(orders - unknown_orders)') }} as multi_item_share,
        {{ share_of('products', '(orders - unknown_orders)') }} as mean_products,
        round(median_units, 9) as median_units,
        cast(single_item_net_amount as decimal(18, 4)) as single_item_net_amount,
        cast(multi_item_net_amount as decimal(18, 4)) as multi_item_net_amount
    from counted
)

select * from basket_mix
