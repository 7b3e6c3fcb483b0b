{{ config(materialized='table') }}

-- A refund reuses the rate of its order's date: that of its own currency, by default its order's.
with refund_rates as (
    select
        refunds.row_id,
        orders.order_row_id,
        orders.order_date,
        case
            when refunds.currency is null then coalesce(orders.rate, 1)
            when refunds.currency <> reporting.currency then rates.rate
            else 1
        end as rate
    from {{ ref('base_refunds') }} as refunds
    cross join {{ ref('reporting_currency') }} as reporting
    left join {{ ref('order_keys') }} as orders
        on
            refunds.source = orders.source
            and refunds.order_id = orders.order_id
    left join {{ ref('needed_fx_rates') }} as rates
        on
            refunds.source = rates.source
            and refunds.currency = rates.currency
            and coalesce(orders.order_date, refunds.refund_date) = rates.business_date
    where refunds.reject_reason is null
)

select * from refund_rates
