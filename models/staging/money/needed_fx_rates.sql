{{ config(materialized='table') }}

with dated as (
    select
        source,
        currency,
        order_date as business_date
    from {{ ref('base_orders') }}
    where reject_reason is null
    union all
    -- a refund in a currency of its own: at its order's date where it has one
    select
        refunds.source,
        refunds.currency,
        coalesce(orders.order_date, refunds.refund_date) as business_date
    from {{ ref('base_refunds') }} as refunds
    left join {{ ref('base_orders') }} as orders
        on
            refunds.source = orders.source
            and refunds.order_id = orders.order_id
            and orders.reject_reason is null
    where
        refunds.reject_reason is null
        and refunds.currency is not null
),

needed as (
    select distinct
        dated.source,
        dated.currency,
        dated.business_date
    from dated
    inner join {{ ref('reporting_currency') }} as reporting
        on dated.currency <> reporting.currency
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

needed_fx_rates as (
    select
        needed.source,
        needed.currency,
        needed.business_date,
        coalesce(own_rates.rate, all_rates.rate) as rate
    from needed
    left join own_rates
        on
            needed.source = own_rates.source
            and needed.currency = own_rates.currency
            and needed.business_date >= own_rates.rate_date
            and (needed.business_date < own_rates.next_rate_date or own_rates.next_rate_date is null)
    left join all_rates
        on
            needed.currency = all_rates.currency
            and needed.business_date >= all_rates.rate_date
            and (needed.business_date < all_rates.next_rate_date or all_rates.next_rate_date is null)
    where coalesce(own_rates.rate, all_rates.rate) is not null
)

select * from needed_fx_rates
