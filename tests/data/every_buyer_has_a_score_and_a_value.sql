{{ config(enabled=has_subjects(['advocacy', 'lifecycle'])) }}
-- rfm, the tiers and each horizon of clv hold all with a valid order and nobody else, the grid as many, and
-- value rises with the horizon.
with buyers as (
    select
        customer_key,
        net_amount
    from {{ ref('customers') }}
    where orders > 0
),

totals as (
    select
        count(*) as customers,
        coalesce(sum(net_amount), 0) as net_amount
    from buyers
),

found as (
    select
        'rfm' as place,
        count(*) as customers,
        count(buyers.customer_key) as buyers,
        coalesce(sum(rfm.monetary), 0) as net_amount
    from {{ ref('rfm') }} as rfm
    left join buyers
        on rfm.customer_key = buyers.customer_key
    union all
    select
        'lifecycle_grid' as place,
        sum(customers) as customers,
        sum(customers) as buyers,
        sum(net_amount) as net_amount
    from {{ ref('lifecycle_grid') }}
    union all
    select
        'advocacy_tiers' as place,
        count(*) as customers,
        count(buyers.customer_key) as buyers,
        null as net_amount
    from {{ ref('advocacy_tiers') }} as tiers
    left join buyers
        on tiers.customer_key = buyers.customer_key
    union all
    select
        'clv' as place,
        count(distinct clv.customer_key) as customers,
        count(distinct buyers.customer_key) as buyers,
        null as net_amount
    from {{ ref('clv') }} as clv
    left join buyers
        on clv.customer_key = buyers.customer_key
    union all
    select
        'clv, ' || clv.horizon_days || ' days' as place,
        count(*) as customers,
        count(buyers.customer_key) as buyers,
        null as net_amount
    from {{ ref('clv') }} as clv
    left join buyers
        on clv.customer_key = buyers.customer_key
    group by clv.horizon_days
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
cross join totals as buyers
where
    found.customers <> buyers.customers
    or found.buyers <> buyers.customers
    or found.net_amount <> buyers.net_amount
union all
select customer_key as place
from forecasts
where falls
