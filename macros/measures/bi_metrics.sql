{#- The monthly metrics, by name, and how they are added: the values of a sum may be added over months, and over the values of a
    breakdown; a ratio is Σ numerator ÷ Σ denominator; a level is neither, and stands as it is. -#}
{% macro bi_metrics() %}
    {{ return({
        'net_sales': 'sum', 'ledger_net_sales': 'sum', 'orders': 'sum', 'new_orders': 'sum', 'buyers': 'level',
        'average_order_value': 'ratio', 'new_order_share': 'ratio', 'new_to_window_share': 'ratio', 'refund_rate': 'ratio',
        'quick_ratio': 'ratio', 'top_20_percent_share': 'level',
        'customers_in_stage': 'level', 'second_order_share_90d': 'ratio', 'retention_12m': 'ratio', 'lapsed_customers': 'sum',
        'referred_share': 'ratio', 'nps': 'ratio', 'tier_share': 'level', 'strong_leads': 'sum',
        'visits': 'sum', 'visit_conversion': 'ratio',
        'service_tickets': 'sum', 'complaints': 'sum', 'contacts_per_order': 'ratio', 'satisfaction': 'ratio',
        'marketing_spend': 'sum', 'cost_per_new_customer': 'ratio', 'campaign_net_sales': 'sum',
    }) }}
{% endmacro %}

{#- How a metric is added, by its name as a column; null for a name that nothing measures. -#}
{% macro bi_metric_kind(metric) -%}
    case
        {%- for kind in ['sum', 'ratio', 'level'] %}
        when {{ metric }} in (
            {%- for name, its_kind in bi_metrics().items() if its_kind == kind -%}
            {{ literal(name) }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        ) then {{ literal(kind) }}
        {%- endfor %}
    end
{%- endmacro %}

{#- Rows of monthly metrics, a select each, from the rows of a relation that each are a month and a value of a breakdown.

    `metrics`: name: an expression, of a ratio [numerator, denominator]. `condition` leaves rows out; `is_final`: nothing more will
    come to the month, once it is over. -#}
{% macro metric_rows(relation, metrics, condition='true', is_final='true') %}
    {%- for metric, measured in metrics.items() %}
    {%- set kind = bi_metrics()[metric] %}
    {{ 'union all' if not loop.first }}
    select
        month_start,
        {{ literal(metric) }} as metric,
        breakdown,
        breakdown_value,
        {%- if kind == 'ratio' %}
        {{ share_of(measured[0], measured[1]) }} as metric_value,
        cast({{ measured[0] }} as double) as numerator,
        cast({{ measured[1] }} as double) as denominator,
        {%- else %}
        cast({{ measured }} as double) as metric_value,
        {{ 'cast(' ~ measured ~ ' as double)' if kind == 'sum' else 'cast(null as double)' }} as numerator,
        cast(null as double) as denominator,
        {%- endif %}
        {{ is_final }} as is_final
    from {{ relation }}
    where {{ condition }}
    {%- endfor %}
{%- endmacro %}
