with dates as (
    select max(window_start) as window_start
    from {{ ref('int_periods') }}
),

sales as (
    select
        sales.customer_number,
        sales.channel,
        sales.device,
        sales.net_amount
    from {{ ref('int_valid_orders') }} as sales
    inner join dates
        on sales.order_date >= dates.window_start
    where sales.customer_number is not null
),

amounts as (
    select
        customer_number,
        net_amount
    from sales
    union all
    select
        notes.customer_number,
        -notes.amount as net_amount
    from {{ ref('refunds') }} as notes
    inner join dates
        on notes.refund_date >= dates.window_start
    where
        notes.is_credit_note
        and notes.is_valid
        and notes.customer_number is not null
),

-- total and country are the customer's, channel and device the orders' own
segment_amounts as (
    select
        'total' as segment_by,
        'all' as segment,
        customer_number,
        sum(net_amount) as net_amount
    from amounts
    group by customer_number
    union all
    select
        'country' as segment_by,
        coalesce(customers.country, 'unknown') as segment,
        amounts.customer_number,
        sum(amounts.net_amount) as net_amount
    from amounts
    left join {{ ref('customers') }} as customers
        on amounts.customer_number = customers.customer_number
    group by
        coalesce(customers.country, 'unknown'),
        amounts.customer_number
    {%- for segment_by in ['channel', 'device'] %}
    union all
    select
        {{ literal(segment_by) }} as segment_by,
        {{ segment_by }} as segment,
        customer_number,
        sum(net_amount) as net_amount
    from sales
    group by
        {{ segment_by }},
        customer_number
    {%- endfor %}
),

bounds as (
    select
        segment_by,
        segment,
        min(net_amount) as min_bound,
        {{ quantile(0.2, 'net_amount') }} as p20_bound,
        {{ quantile(0.5, 'net_amount') }} as median_bound,
        {{ quantile(0.8, 'net_amount') }} as p80_bound,
        max(net_amount) as max_bound
    from segment_amounts
    where net_amount > 0
    group by segment_by, segment
),

spend_bands as (
    select
        amounts.segment_by,
        amounts.segment,
        count(*) as customers,
        {%- for name in ['min', 'p20', 'median', 'p80', 'max'] %}
        -- by way of eight decimals: a double just below a half is one
        cast(cast(max(bounds.{{ name }}_bound) as decimal(28, 8)) as decimal(18, 4))
            as {{ name }}_net_amount,
        {%- endfor %}
        {%- for band in ['low', 'middle', 'high', 'non_positive'] %}
        count(*) filter (where {{ spend_band('amounts.net_amount', 'bounds') }} = {{ literal(band) }})
            as {{ band }}_customers,
        {%- endfor %}
        max(bounds.p20_bound) as p20_bound,
        max(bounds.p80_bound) as p80_bound
    from segment_amounts as amounts
    left join bounds
        on
            amounts.segment_by = bounds.segment_by
            and amounts.segment = bounds.segment
    group by amounts.segment_by, amounts.segment
)

select * from spend_bands
