{{ config(materialized='table') }}

with judged as (
    select
        typed.row_id,
        typed.source,
        typed.refund_id,
        case
            when typed.reject_reason is not null then typed.reject_reason
            when typed.order_id is not null and rates.order_row_id is null then 'unknown order'
            when rates.rate is null then 'no rate for currency'
            when abs(typed.amount * cast(rates.rate as double)) > 1e12 then 'amount too large'
        end as reject_reason
    from {{ ref('base_refunds') }} as typed
    left join {{ refund_rates() }} as rates
        on typed.row_id = rates.row_id
)

select * from {{ quarantined_rows('refunds', 'judged') }} as quarantine_refunds
