-- a customer's last order day in a period decides the stage at the period's end
with purchases as (
    {%- for grain in ['week', 'month'] %}
    select
        customer_number,
        {{ literal(grain) }} as period_grain,
        {{ period_start(grain, 'order_date') }} as period_start,
        max(order_date) as last_order_date,
        sum(net_amount) as net_amount
    from {{ ref('int_order_days') }}
    group by
        customer_number,
        {{ period_start(grain, 'order_date') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

int_sales_by_stage as (
    select
        periods.period_grain,
        periods.period_end,
        case
            when stages.lapsed_on <= periods.period_end then 'lapsed'
            when stages.at_risk_on <= periods.period_end then 'at_risk'
            else stages.base_stage
        end as stage,
        cast(sum(purchases.net_amount) as decimal(18, 4)) as net_amount
    from purchases
    inner join {{ ref('int_periods') }} as periods
        on
            purchases.period_grain = periods.period_grain
            and purchases.period_start = periods.period_start
    inner join {{ ref('int_order_stages') }} as stages
        on
            purchases.customer_number = stages.customer_number
            and purchases.last_order_date = stages.order_date
    group by
        periods.period_grain,
        periods.period_end,
        case
            when stages.lapsed_on <= periods.period_end then 'lapsed'
            when stages.at_risk_on <= periods.period_end then 'at_risk'
            else stages.base_stage
        end
)

select * from int_sales_by_stage
