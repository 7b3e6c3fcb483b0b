{{ config(materialized='table') }}

with judged as (
    select *
    from {{ judged_amounts('orders', ['amount', 'discount_amount'], 'order_date') }} as judged_amounts
)

select * from {{ quarantined_rows('orders', 'judged') }} as quarantine_orders
