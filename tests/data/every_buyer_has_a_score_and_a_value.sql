-- rfm, the grid and each horizon of clv hold all with a valid order, and value rises with the horizon.
with buyers as (
    select
        count(*) as customers,
        coalesce(sum(net_amount), 0) as net_amount
    from {{ ref('customers') }}
    where orders > 0
),

found as (
    select
        'rfm' as place,
        count(*) as customers,
        coalesce(sum(monetary), 0) as net_amount
    from {{ ref('rfm') }}
    union all
    select
        'lifecycle_grid' as place,
        sum(customers) as customers,
        sum(net_amount) as net_amount
    from {{ ref('lifecycle_grid') }}
    {%- for days in number_var('clv_horizon_days') %}
    union all
    select
        {{ literal('clv, ' ~ days ~ ' days') }} as place,
        count(*) as customers,
        null as net_amount
    from {{ ref('clv') }}
    where horizon_days = {{ days }}
    {%- endfor %}
),

forecasts as (
    select
        customer_key,
        p_buy < lag(p_buy) over customer_horizons
        or expected_purchases < lag(expected_purchases) over customer_horizons as falls
    from {{ ref('clv') }}
    window customer_horizons as (
        partition by customer_key
        order by horizon_days
    )
)

select found.place
from found
cross join buyers
where
    found.customers <> buyers.customers
    or found.net_amount <> buyers.net_amount
union all
select customer_key as place
from forecasts
where falls
