{%- set all = ['total', 'channel', 'country', 'source'] -%}
{%- set breakdowns = {'day': ['total'], 'week': all, 'month': all, 'quarter': all, 'year': all} -%}
-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
-- A scan for each grain: who is new in a period depends on it, and all at once would need much memory
with sales as (
    {%- for grain, columns in breakdowns.items() %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(grain) }} as period_grain,
        period_start,
        {{ breakdown(columns) }},
        sum(net_amount) as total_net_amount,
        sum(net_amount) filter (where order_class = 'new') as new_net_amount,
        sum(net_amount) filter (where order_class = 'returning') as returning_net_amount,
        sum(net_amount) filter (where order_class = 'unattributed') as unattributed_net_amount,
        sum(net_amount) filter (where is_new_customer) as new_customer_net_amount,
        sum(net_amount) filter (where is_new_to_window) as new_to_window_net_amount,
        sum(goods_amount) as goods_amount,
        count(*) as orders,
        count(*) filter (where order_class = 'new') as new_orders,
        count(distinct customer_number) as customers,
        count(distinct customer_number) filter (where is_new_customer) as new_customers,
        bool_or(order_class = 'new' and is_left_censored) as is_left_censored
    from (
        select
            *,
            'all' as total,
            {{ period_start(grain, 'order_date') }} as period_start,
            {{ period_start(grain, 'new_order_date') }}
            = {{ period_start(grain, 'order_date') }} as is_new_customer
        from {{ ref('int_valid_orders') }}
    ) as orders
    group by grouping sets ((period_start, {{ columns | join('), (period_start, ') }}))
    {%- endfor %}
),

-- refunds at their own date, and credit notes, are the ledger's other side
deductions as (
    {%- for grain, columns in breakdowns.items() %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(grain) }} as period_grain,
        period_start,
        {{ breakdown(columns) }},
        sum(amount) as amount,
        sum(amount) filter (where is_credit_note) as credit_note_amount
    from (
        select
            *,
            'all' as total,
            {{ period_start(grain, 'deduction_date') }} as period_start
        from {{ ref('int_deductions') }}
    ) as dated
    group by grouping sets ((period_start, {{ columns | join('), (period_start, ') }}))
    {%- endfor %}
),

-- from the rows themselves: an engine that computes a CTE anew for each use would sum all sales twice
breakdowns as (
    select
        'total' as breakdown,
        'all' as breakdown_value
    {%- for model in ['int_valid_orders', 'int_deductions'] %}
    union
    select {{ breakdown(all[1:]) }}
    from {{ ref(model) }}
    group by grouping sets ({{ all[1:] | join(', ') }})
    {%- endfor %}
),

new_customer_share as (
    select
        periods.period_grain,
        periods.period_start,
        breakdowns.breakdown,
        breakdowns.breakdown_value,
        {%- for amount in [
            'total_net_amount', 'new_net_amount', 'returning_net_amount', 'unattributed_net_amount',
            'new_customer_net_amount', 'new_to_window_net_amount'
        ] %}
        cast(coalesce(sales.{{ amount }}, 0) as decimal(18, 4)) as {{ amount }},
        {%- endfor %}
        {%- for count in ['orders', 'new_orders', 'customers', 'new_customers'] %}
        cast(coalesce(sales.{{ count }}, 0) as bigint) as {{ count }},
        {%- endfor %}
        {%- for share in ['new_order', 'new_customer', 'new_to_window'] %}
        {{ share_of(
            'coalesce(sales.' ~ ('new' if share == 'new_order' else share) ~ '_net_amount, 0)',
            'sales.total_net_amount'
        ) }} as {{ share }}_share,
        {%- endfor %}
        cast(coalesce(sales.goods_amount, 0) - coalesce(deductions.amount, 0) as decimal(18, 4))
            as ledger_net_amount,
        cast(coalesce(deductions.credit_note_amount, 0) as decimal(18, 4)) as credit_note_amount,
        coalesce(sales.is_left_censored, false) as is_left_censored
    from {{ ref('int_periods') }} as periods
    cross join breakdowns
    {%- for cells in ['sales', 'deductions'] %}
    left join {{ cells }}
        on
            periods.period_grain = {{ cells }}.period_grain
            and periods.period_start = {{ cells }}.period_start
            and breakdowns.breakdown = {{ cells }}.breakdown
            and breakdowns.breakdown_value = {{ cells }}.breakdown_value
    {%- endfor %}
    where periods.period_grain <> 'day' or breakdowns.breakdown = 'total'
)

select * from new_customer_share
