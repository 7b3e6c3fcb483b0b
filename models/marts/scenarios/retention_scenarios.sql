{%- set discount = number_var('clv_annual_discount_rate') -%}
-- the last twelve months to as_of, and the twelve before; none where the data may begin within them
with dates as (
    select
        end_date,
        {{ add_to_date('month', -12, 'end_date') }} as year_start,
        {{ add_to_date('month', -24, 'end_date') }} as base_start
    from (
        select
            {{ add_to_date('day', 1, 'as_of') }} as end_date,
            history_start
        from {{ ref('as_of') }}
    ) as days
    where history_start <= {{ add_to_date('day', 31, add_to_date('month', -24, 'end_date')) }}
),

buyers as (
    select
        sales.customer_number,
        bool_or(sales.order_date < dates.year_start) as is_base,
        bool_or(sales.order_date >= dates.year_start) as is_recent
    from {{ ref('int_valid_orders') }} as sales
    inner join dates
        on
            sales.order_date >= dates.base_start
            and sales.order_date < dates.end_date
    where sales.customer_number is not null
    group by sales.customer_number
),

retained as (
    select
        count(*) filter (where is_base) as base_customers,
        count(*) filter (where is_base and is_recent)
        / nullif(cast(count(*) filter (where is_base) as double), 0) as retention_rate
    from buyers
),

margin_shares as (
    select
        customer_number,
        max(margin_share) as margin_share
    from {{ ref('clv') }}
    group by customer_number
),

-- the last month of customer_share ends with as_of, so that its window is the same year
margins as (
    select
        {{ stable_sum('net_amounts.net_amount_12m * coalesce(clv.margin_share, 1)') }} / nullif(count(*), 0)
            as yearly_margin,
        coalesce(bool_and(clv.margin_share is not null), false) as is_margin_known
    from {{ ref('customer_share') }} as net_amounts
    inner join {{ ref('as_of') }} as dates
        on net_amounts.month_start = {{ period_start('month', 'dates.as_of') }}
    left join margin_shares as clv
        on net_amounts.customer_number = clv.customer_number
    where
        net_amounts.customer_number is not null
        and net_amounts.orders_12m > 0
),

-- no scenario takes a rate to where everybody stays for ever, or below what it is
scenarios as (
    {%- for scenario, rate in {
        'plus_5_points': 'retained.retention_rate + 0.05e0',
        'plus_5_percent': 'retained.retention_rate * 1.05e0',
        'defection_halved': '1 - (1 - retained.retention_rate) / 2',
    }.items() %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(scenario) }} as scenario,
        retained.base_customers,
        retained.retention_rate,
        case
            when retained.retention_rate is not null
                then greatest(retained.retention_rate, least(0.99e0, {{ rate }}))
        end as retention_rate_after
    from retained
    cross join dates
    {%- endfor %}
),

-- a year's margin now, and that share of it each year after: m · (1 + d) / (1 + d − r)
retention_scenarios as (
    select
        scenarios.scenario,
        scenarios.base_customers,
        round(scenarios.retention_rate, 9) as retention_rate,
        round(margins.yearly_margin, 9) as yearly_margin,
        margins.is_margin_known,
        {%- for end in ['', '_after'] %}
        {{ 'round(scenarios.retention_rate_after, 9) as retention_rate_after,' if end }}
        round(
            margins.yearly_margin * {{ 1 + discount }}e0
            / nullif({{ 1 + discount }}e0 - scenarios.retention_rate{{ end }}, 0), 9
        ) as customer_value{{ end }},
        {%- endfor %}
        round(
            ({{ 1 + discount }}e0 - scenarios.retention_rate)
            / nullif({{ 1 + discount }}e0 - scenarios.retention_rate_after, 0) - 1, 9
        ) as value_change
    from scenarios
    cross join margins
)

select * from retention_scenarios
