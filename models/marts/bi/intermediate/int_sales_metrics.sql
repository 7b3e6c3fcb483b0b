{%- set breakdowns = ['total', 'channel', 'country', 'source'] -%}
-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
with sales as (
    select
        *,
        period_start as month_start
    from {{ ref('new_customer_share') }}
    where period_grain = 'month'
),

-- what was given back of a month's goods, whenever that was
refunds as (
    select
        month_start,
        {{ breakdown(breakdowns) }},
        sum(goods_amount) as goods_amount,
        sum(goods_amount - net_amount) as refund_amount
    from (
        select
            *,
            'all' as total,
            {{ period_start('month', 'order_date') }} as month_start
        from {{ ref('int_valid_orders') }}
    ) as dated
    group by grouping sets ((month_start, {{ breakdowns | join('), (month_start, ') }}))
),

changes as (
    select
        month_start,
        'total' as breakdown,
        'all' as breakdown_value,
        new_amount + resurrected_amount + expansion_amount as gained_amount,
        contraction_amount + churned_amount as lost_amount
    from {{ ref('growth_accounting') }}
),

years as (
    select
        month_start,
        'total' as breakdown,
        'all' as breakdown_value,
        top_20_percent_share
    from {{ ref('concentration') }}
    where measure_window = 'trailing_12m'
),

int_sales_metrics as (
    {{ metric_rows('sales', {
        'net_sales': 'total_net_amount',
        'ledger_net_sales': 'ledger_net_amount',
        'orders': 'orders',
        'new_orders': 'new_orders',
        'buyers': 'customers',
        'average_order_value': ['total_net_amount', 'orders'],
        'new_order_share': ['new_net_amount', 'total_net_amount'],
        'new_to_window_share': ['new_to_window_net_amount', 'total_net_amount'],
    }) | trim }}
    union all
    {{ metric_rows('refunds', {'refund_rate': ['refund_amount', 'goods_amount']}) | trim }}
    union all
    {{ metric_rows('changes', {'quick_ratio': ['gained_amount', 'lost_amount']}) | trim }}
    union all
    {{ metric_rows(
        'years', {'top_20_percent_share': 'top_20_percent_share'}, 'top_20_percent_share is not null'
    ) | trim }}
)

select * from int_sales_metrics
