{{ config(materialized='table') }}

with needed as (
    select distinct
        orders.source,
        orders.currency,
        orders.order_date
    from {{ ref('base_orders') }} as orders
    inner join {{ ref('reporting_currency') }} as reporting
        on orders.currency <> reporting.currency
    where orders.reject_reason is null
),

own_rates as (
    select
        source,
        currency,
        rate_date,
        rate,
        lead(rate_date) over (
            partition by source, currency
            order by rate_date
        ) as next_rate_date
    from {{ ref('stg_fx_rates') }}
),

all_rates as (
    select
        currency,
        rate_date,
        max(rate) as rate,
        lead(rate_date) over (
            partition by currency
            order by rate_date
        ) as next_rate_date
    from {{ ref('stg_fx_rates') }}
    group by
        currency,
        rate_date
),

order_fx_rates as (
    select
        needed.source,
        needed.currency,
        needed.order_date,
        coalesce(own_rates.rate, all_rates.rate) as rate
    from needed
    left join own_rates
        on
            needed.source = own_rates.source
            and needed.currency = own_rates.currency
            and needed.order_date >= own_rates.rate_date
            and (needed.order_date < own_rates.next_rate_date or own_rates.next_rate_date is null)
    left join all_rates
        on
            needed.currency = all_rates.currency
            and needed.order_date >= all_rates.rate_date
            and (needed.order_date < all_rates.next_rate_date or all_rates.next_rate_date is null)
    where coalesce(own_rates.rate, all_rates.rate) is not null
)

select * from order_fx_rates
