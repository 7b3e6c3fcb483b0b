{%- set held = mart_of('cross_sell', 'products_held', {
    'month_start': 'date', 'tenure_band': 'string', 'held_band': 'string', 'customers': 'bigint', 'retained_customers': 'bigint'
}) -%}
-- Of each length of tenure: who holds three products or more beside who holds one, where the bands tell.
with bands as (
    select
        band,
        min_products,
        coalesce(lead(min_products) over (order by min_products), 9e15) as next_min_products,
        bool_or(min_products = 3) over () as has_three
    from {{ ref('held_bands') }}
),

last_month as (
    select max(month_start) as month_start
    from {{ held }}
),

tenures as (
    select
        {%- for name, condition in {
            'many': 'bands.min_products >= 3', 'one': 'bands.min_products = 1 and bands.next_min_products = 2'
        }.items() %}
        sum(held.customers) filter (where {{ condition }}) as {{ name }}_customers,
        sum(held.retained_customers) filter (where {{ condition }})
        / cast(sum(held.customers) filter (where {{ condition }}) as double) as {{ name }}_rate,
        {%- endfor %}
        held.tenure_band
    from {{ held }} as held
    inner join last_month
        on held.month_start = last_month.month_start
    inner join bands
        on held.held_band = bands.band
    where bands.has_three
    group by held.tenure_band
),

int_held_retention as (
    select
        round(
            {{ stable_sum('many_customers * (many_rate - one_rate)') }}
            / nullif(cast(sum(many_customers) as double), 0), 9
        ) as retention_difference
    from tenures
    where
        many_customers > 0
        and one_customers > 0
)

select * from int_held_retention
