{{ config(materialized='table') }}

-- A table, as orders and rates are joined here, and many read it.
with accepted as (
    {{ accepted_rows('refunds') | indent(4) | trim }}
),

stg_refunds as (
    select
        accepted.*,
        rates.order_row_id,
        rates.order_date,
        rates.rate
    from accepted
    inner join {{ refund_rates() }} as rates
        on accepted.row_id = rates.row_id
)

select * from stg_refunds
