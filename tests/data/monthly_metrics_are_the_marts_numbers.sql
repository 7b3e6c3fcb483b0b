{{ config(enabled=has_subjects([
    'advocacy', 'bi', 'campaigns', 'customer_share', 'engagement', 'lifecycle', 'service'
])) }}
{#- Each metric has the value of its mart, wherever the mart has one; its parts lead to that of a year. -#}
{%- set by_channel = "case when channel = 'all' then 'total' else 'channel' end" -%}
{%- set marts = [
    ('new_customer_share', 'period_start', 'breakdown', 'breakdown_value', "period_grain = 'month'", {
        'net_sales': 'total_net_amount', 'ledger_net_sales': 'ledger_net_amount', 'orders': 'orders',
        'new_orders': 'new_orders', 'buyers': 'customers', 'new_order_share': 'new_order_share',
        'new_to_window_share': 'new_to_window_share'
    }),
    ('growth_accounting', 'month_start', "'total'", "'all'", 'true', {'quick_ratio': 'quick_ratio'}),
    ('concentration', 'month_start', "'total'", "'all'", "measure_window = 'trailing_12m'", {
        'top_20_percent_share': 'top_20_percent_share'
    }),
    ('lifecycle_stock', period_start('month', 'period_end'), "'stage'", 'stage', "period_grain = 'month'", {
        'customers_in_stage': 'customers'
    }),
    ('time_to_second_order', 'cohort_start', 'breakdown', 'breakdown_value', "cohort_grain = 'month'", {
        'second_order_share_90d': 'returned_share_90d'
    }),
    ('cohort_retention', 'cohort_month', "'total'", "'all'", "basis = 'cumulative' and months_since = 12", {
        'retention_12m': 'retention_rate'
    }),
    ('cohort_breakdown', 'cohort_month', 'breakdown', 'breakdown_value',
        "basis = 'cumulative' and months_since = 12", {'retention_12m': 'retention_rate'}),
    ('leave_reasons', 'month_start', "'reason'", 'reason', 'true', {'lapsed_customers': 'customers'}),
    ('word_of_mouth', 'month_start', "'total'", "'all'", 'true', {'referred_share': 'wom_revenue_share', 'nps': 'nps'}),
    ('advocacy_tier_summary', 'month_start', "'tier'", 'tier', 'true', {'tier_share': 'share'}),
    ('visit_conversion', 'month_start', "'visitor_class'", 'visitor_class', 'true', {
        'visits': 'sessions', 'visit_conversion': 'conversion_rate'
    }),
    ('service_quality', 'month_start', by_channel, 'channel', 'true', {
        'service_tickets': 'tickets', 'complaints': 'complaints', 'contacts_per_order': 'contacts_per_order',
        'satisfaction': 'satisfaction_mean'
    }),
    ('acquisition_costs', 'month_start', by_channel, 'channel', 'true', {
        'marketing_spend': 'acquisition_amount + retention_amount + unassigned_amount'
    }),
    ('acquisition_costs', 'month_start', "'total'", "'all'", "channel = 'all'", {
        'cost_per_new_customer': 'cost_per_new_customer'
    }),
] -%}
with expected as (
    {%- for mart, month, breakdown, breakdown_value, condition, metrics in marts %}
    {%- set outer_loop = loop %}
    {%- for metric, column in metrics.items() %}
    {{ 'union all' if not (loop.first and outer_loop.first) }}
    select
        {{ month }} as month_start,
        {{ literal(metric) }} as metric,
        {{ breakdown }} as breakdown,
        {{ breakdown_value }} as breakdown_value,
        cast({{ column }} as double) as expected_value
    from {{ ref(mart) }}
    where {{ condition }}
    {%- endfor %}
    {%- endfor %}
),

-- what the seed leaves out is not shown, and some totals stand in no mart
compared as (
    select
        expected.*,
        found.value as found_value
    from expected
    inner join {{ ref('bi_metrics') }} as words
        on expected.metric = words.metric
    left join {{ ref('monthly_metrics') }} as found
        on
            expected.month_start = found.month_start
            and expected.metric = found.metric
            and expected.breakdown = found.breakdown
            and expected.breakdown_value = found.breakdown_value
),

years as (
    select
        {{ period_start('year', 'month_start') }} as year_start,
        metric,
        breakdown,
        breakdown_value,
        round(sum(numerator) / nullif(sum(denominator), 0), 6) as found_share
    from {{ ref('monthly_metrics') }}
    where metric in ('new_order_share', 'new_to_window_share')
    group by
        {{ period_start('year', 'month_start') }},
        metric,
        breakdown,
        breakdown_value
),

goods as (
    select
        {{ period_start('month', 'order_date') }} as month_start,
        sum(refund_amount) as refund_amount,
        sum(gross_amount - discount_amount) as goods_amount
    from {{ ref('orders') }}
    where is_valid
    group by {{ period_start('month', 'order_date') }}
)

select
    metric,
    month_start
from compared
where
    abs(expected_value - coalesce(found_value, -1e18)) > 1e-9 * greatest(1, abs(expected_value))
    or (expected_value is null and found_value is not null)
union all
select
    years.metric,
    years.year_start as month_start
from years
inner join {{ ref('new_customer_share') }} as shares
    on
        shares.period_grain = 'year'
        and years.year_start = shares.period_start
        and years.breakdown = shares.breakdown
        and years.breakdown_value = shares.breakdown_value
where
    shares.total_net_amount > 0
    and abs(years.found_share - case
        when years.metric = 'new_order_share' then shares.new_order_share
        else shares.new_to_window_share
    end) > 1e-5
union all
select
    found.metric,
    found.month_start
from {{ ref('monthly_metrics') }} as found
left join goods
    on found.month_start = goods.month_start
where
    found.metric = 'refund_rate'
    and found.breakdown = 'total'
    and (
        coalesce(abs(found.numerator - goods.refund_amount) > 0.00005, true)
        or abs(found.denominator - goods.goods_amount) > 0.00005
    )
union all
-- the values of a breakdown that holds everything add up to the total
select
    split.metric,
    split.month_start
from (
    select
        month_start,
        metric,
        breakdown,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from {{ ref('monthly_metrics') }}
    where
        breakdown <> 'total'
        and numerator is not null
    group by
        month_start,
        metric,
        breakdown
) as split
inner join {{ ref('monthly_metrics') }} as totals
    on
        split.month_start = totals.month_start
        and split.metric = totals.metric
        and totals.breakdown = 'total'
where
    abs(split.numerator - totals.numerator) > 1e-6 * greatest(1, abs(totals.numerator))
    or abs(split.denominator - totals.denominator) > 1e-6 * greatest(1, abs(totals.denominator))
