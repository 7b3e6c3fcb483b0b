{%- set minima = {
    'min_net_amount_12m': 'cast(yearly.net_amount_12m as double)',
    'min_order_days_12m': 'habits.order_days_12m',
    'min_percent_rank': 'yearly.percent_rank',
} -%}
with last_month as (
    select max(month_start) as month_start
    from {{ ref('customer_share') }}
),

-- those with a credit note alone have no rank among those with an order
yearly as (
    select
        shares.customer_number,
        shares.net_amount_12m,
        shares.orders_12m,
        shares.is_top_20_percent,
        case
            when shares.orders_12m > 0
                then percent_rank() over (partition by shares.orders_12m > 0 order by shares.net_amount_12m)
        end as percent_rank
    from {{ ref('customer_share') }} as shares
    inner join last_month
        on shares.month_start = last_month.month_start
    where shares.customer_number is not null
),

tiers as (
    select
        yearly.customer_number,
        max_by(tiers.tier, tiers.tier_rank) as loyalty_tier
    from yearly
    inner join {{ ref('int_order_habits') }} as habits
        on yearly.customer_number = habits.customer_number
    inner join {{ ref('loyalty_tiers') }} as tiers
        on
            true
            {%- for minimum, value in minima.items() %}
            and (tiers.{{ minimum }} is null or {{ value }} >= tiers.{{ minimum }})
            {%- endfor %}
    group by yearly.customer_number
),

int_yearly_standings as (
    select
        yearly.customer_number,
        yearly.net_amount_12m,
        yearly.orders_12m,
        yearly.is_top_20_percent,
        {{ spend_band('yearly.net_amount_12m', 'bands') }} as spend_band,
        coalesce(tiers.loyalty_tier, 'none') as loyalty_tier
    from yearly
    inner join {{ ref('spend_bands') }} as bands
        on bands.segment_by = 'total'
    left join tiers
        on yearly.customer_number = tiers.customer_number
)

select * from int_yearly_standings
