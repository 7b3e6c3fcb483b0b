{{ config(materialized='table') }}

with judged as (
    select
        typed.row_id,
        typed.source,
        typed.order_id,
        typed.line_id,
        case
            when typed.reject_reason is not null then typed.reject_reason
            when amounts.order_row_id is null then 'unknown order'
            when amounts.is_too_large then 'amount too large'
            when amounts.has_negative_price then 'negative unit_price'
        end as reject_reason
    from {{ ref('base_order_lines') }} as typed
    left join {{ ref('order_line_amounts') }} as amounts
        on typed.row_id = amounts.row_id
)

select * from {{ quarantined_rows('order_lines', 'judged') }} as quarantine_order_lines
