{%- set grains = ['day', 'week', 'month', 'quarter', 'year'] -%}
{%- set cells = [{'grain': 'day', 'breakdown': 'total', 'value': "'all'"}] -%}
{%- for grain in grains[1:] -%}
{%- do cells.append({'grain': grain, 'breakdown': 'total', 'value': "'all'"}) -%}
{%- for breakdown in ['channel', 'country', 'source'] -%}
{%- do cells.append({'grain': grain, 'breakdown': breakdown, 'value': breakdown}) -%}
{%- endfor -%}
{%- endfor -%}

-- refunds at their own date, and credit notes, are the ledger's other side
with refunds_at_their_date as (
    select
        sales.source,
        sales.channel,
        sales.country,
        refunds.refund_date as ledger_date,
        refunds.amount as refund_amount,
        0 as credit_note_amount
    from {{ ref('refunds') }} as refunds
    inner join {{ ref('int_valid_orders') }} as sales
        on refunds.order_number = sales.order_number
    union all
    select
        source,
        'unknown' as channel,
        'unknown' as country,
        refund_date as ledger_date,
        0 as refund_amount,
        amount as credit_note_amount
    from {{ ref('refunds') }}
    where
        is_credit_note
        and is_valid
),

sales_cells as (
    {%- for cell in cells %}
    {%- set is_first_period = period_start(cell.grain, 'new_order_date') ~ ' = '
        ~ period_start(cell.grain, 'order_date') %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(cell.grain) }} as period_grain,
        {{ period_start(cell.grain, 'order_date') }} as period_start,
        {{ literal(cell.breakdown) }} as breakdown,
        {{ cell.value }} as breakdown_value,
        sum(net_amount) as total_net_amount,
        sum(net_amount) filter (where order_class = 'new') as new_net_amount,
        sum(net_amount) filter (where order_class = 'returning') as returning_net_amount,
        sum(net_amount) filter (where order_class = 'unattributed') as unattributed_net_amount,
        sum(net_amount) filter (
            where {{ is_first_period }}
        ) as new_customer_net_amount,
        sum(net_amount) filter (where is_new_to_window) as new_to_window_net_amount,
        sum(goods_amount) as goods_amount,
        count(*) as orders,
        count(*) filter (where order_class = 'new') as new_orders,
        count(distinct customer_number) as customers,
        count(distinct customer_number) filter (
            where {{ is_first_period }}
        ) as new_customers,
        bool_or((order_class = 'new' or is_new_to_window) and is_left_censored) as is_left_censored
    from {{ ref('int_valid_orders') }}
    group by 2, 4
    {%- endfor %}
),

refund_cells as (
    {%- for cell in cells %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(cell.grain) }} as period_grain,
        {{ period_start(cell.grain, 'ledger_date') }} as period_start,
        {{ literal(cell.breakdown) }} as breakdown,
        {{ cell.value }} as breakdown_value,
        sum(refund_amount) as refund_amount,
        sum(credit_note_amount) as credit_note_amount
    from refunds_at_their_date
    group by 2, 4
    {%- endfor %}
),

periods as (
    {%- for grain in grains %}
    {{ 'union all' if not loop.first }}
    select distinct
        {{ literal(grain) }} as period_grain,
        {{ period_start(grain, 'day') }} as period_start
    from {{ ref('int_days') }}
    {%- endfor %}
),

-- from the rows themselves: an engine that computes a CTE anew for each use would sum all cells twice
breakdowns as (
    select
        'total' as breakdown,
        'all' as breakdown_value
    {%- for breakdown in ['channel', 'country', 'source'] %}
    union
    select
        {{ literal(breakdown) }} as breakdown,
        {{ breakdown }} as breakdown_value
    from {{ ref('int_valid_orders') }}
    union
    select
        {{ literal(breakdown) }} as breakdown,
        {{ breakdown }} as breakdown_value
    from refunds_at_their_date
    {%- endfor %}
),

dense_cells as (
    select
        periods.period_grain,
        periods.period_start,
        breakdowns.breakdown,
        breakdowns.breakdown_value
    from periods
    cross join breakdowns
    where
        periods.period_grain <> 'day'
        or breakdowns.breakdown = 'total'
),

new_customer_share as (
    select
        cells.period_grain,
        cells.period_start,
        cells.breakdown,
        cells.breakdown_value,
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
        cast(
            coalesce(sales.goods_amount, 0) - coalesce(refunds.refund_amount, 0)
            - coalesce(refunds.credit_note_amount, 0) as decimal(18, 4)
        ) as ledger_net_amount,
        cast(coalesce(refunds.credit_note_amount, 0) as decimal(18, 4)) as credit_note_amount,
        coalesce(sales.is_left_censored, false) as is_left_censored
    from dense_cells as cells
    left join sales_cells as sales
        on
            cells.period_grain = sales.period_grain
            and cells.period_start = sales.period_start
            and cells.breakdown = sales.breakdown
            and cells.breakdown_value = sales.breakdown_value
    left join refund_cells as refunds
        on
            cells.period_grain = refunds.period_grain
            and cells.period_start = refunds.period_start
            and cells.breakdown = refunds.breakdown
            and cells.breakdown_value = refunds.breakdown_value
)

select * from new_customer_share
