{{ config(materialized='table') }}

with judged as (
    select
        typed.row_id,
        typed.source,
        typed.order_id,
        case
            when typed.reject_reason is not null then typed.reject_reason
            when typed.currency <> reporting.currency and rates.rate is null then 'no rate for currency'
            when rates.rate is not null and (
                abs(coalesce(typed.amount, 0) * cast(rates.rate as double)) > 1e12
                or abs(coalesce(typed.discount_amount, 0) * cast(rates.rate as double)) > 1e12
            ) then 'amount too large'
        end as reject_reason
    from {{ ref('base_orders') }} as typed
    cross join {{ ref('reporting_currency') }} as reporting
    left join {{ ref('needed_fx_rates') }} as rates
        on
            typed.source = rates.source
            and typed.currency = rates.currency
            and typed.order_date = rates.business_date
)

select * from {{ quarantined_rows('orders', 'judged') }} as quarantine_orders
