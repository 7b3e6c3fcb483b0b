{{ config(materialized='table') }}

with judged as (
    select
        typed.row_id,
        typed.source,
        typed.refund_id,
        case
            when typed.reject_reason is not null then typed.reject_reason
            when typed.order_id is not null and orders.order_row_id is null then 'unknown order'
            when abs(typed.amount * cast(coalesce(orders.rate, 1) as double)) > 1e12
                then 'amount too large'
        end as reject_reason
    from {{ ref('base_refunds') }} as typed
    left join {{ ref('order_keys') }} as orders
        on
            typed.source = orders.source
            and typed.order_id = orders.order_id
)

select * from {{ quarantined_rows('refunds', 'judged') }} as quarantine_refunds
