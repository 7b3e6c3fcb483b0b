{#- What service and marketing did, and cost. -#}
{%- set automation = mart_of('campaigns', 'automation', {
    'month_start': 'date', 'kind': 'string', 'attributed_net_amount': 'decimal(18, 4)',
}) -%}
with service as (
    select
        quality.*,
        case when quality.channel = 'all' then 'total' else 'channel' end as breakdown,
        quality.channel as breakdown_value,
        quality.tickets - quality.proactive_tickets as contacts,
        -- a mean as a sum again: answers have four decimals at most
        round(quality.satisfaction_mean * quality.satisfaction_answers, 4) as satisfaction_sum,
        sales.orders
    from {{ mart_of('service', 'service_quality', {
        'month_start': 'date', 'channel': 'string', 'tickets': 'bigint', 'proactive_tickets': 'bigint',
        'complaints': 'bigint', 'satisfaction_mean': 'double', 'satisfaction_answers': 'bigint',
    }) }} as quality
    left join {{ ref('new_customer_share') }} as sales
        on
            quality.month_start = sales.period_start
            and sales.period_grain = 'month'
            and sales.breakdown = 'total'
),

costs as (
    select
        *,
        case when channel = 'all' then 'total' else 'channel' end as breakdown,
        channel as breakdown_value,
        acquisition_amount + retention_amount + unassigned_amount as spend_amount
    from {{ mart_of('campaigns', 'acquisition_costs', {
        'month_start': 'date', 'channel': 'string', 'acquisition_amount': 'decimal(18, 4)',
        'retention_amount': 'decimal(18, 4)', 'unassigned_amount': 'decimal(18, 4)', 'new_customers': 'bigint',
        'cost_per_new_customer': 'double',
    }) }}
),

campaigns as (
    select
        month_start,
        'total' as breakdown,
        'all' as breakdown_value,
        sum(attributed_net_amount) as net_amount
    from {{ automation }}
    group by month_start
    union all
    select
        month_start,
        'kind' as breakdown,
        kind as breakdown_value,
        sum(attributed_net_amount) as net_amount
    from {{ automation }}
    group by
        month_start,
        kind
),

int_effort_metrics as (
    {{ metric_rows('service', {'service_tickets': 'tickets', 'complaints': 'complaints'}) | trim }}
    union all
    {{ metric_rows(
        'service', {'contacts_per_order': ['contacts', 'orders']}, "breakdown = 'total' and orders is not null"
    ) | trim }}
    union all
    {{ metric_rows(
        'service', {'satisfaction': ['satisfaction_sum', 'satisfaction_answers']}, 'satisfaction_answers > 0'
    ) | trim }}
    union all
    {{ metric_rows('costs', {'marketing_spend': 'spend_amount'}) | trim }}
    union all
    {{ metric_rows(
        'costs', {'cost_per_new_customer': ['acquisition_amount', 'new_customers']},
        "breakdown = 'total' and (acquisition_amount > 0 or cost_per_new_customer is not null)"
    ) | trim }}
    union all
    {{ metric_rows('campaigns', {'campaign_net_sales': 'net_amount'}) | trim }}
)

select * from int_effort_metrics
