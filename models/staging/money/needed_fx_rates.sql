{{ config(materialized='table') }}

with dated as (
    select
        source,
        currency,
        order_date as business_date
    from {{ ref('base_orders') }}
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
    union all
    select
        source,
        currency,
        started_on as business_date
    from {{ ref('base_campaigns') }}
    where reject_reason is null
    union all
    select
        source,
        currency,
        spend_date as business_date
    from {{ ref('base_marketing_spend') }}
    where reject_reason is null
)

select * from {{ rates_on_dates('dated') }} as needed_fx_rates
