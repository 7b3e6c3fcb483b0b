{{ config(materialized='view') }}

with int_refunds as (
    select
        refunds.row_id as refund_row_id,
        orders.order_row_id as order_number,
        refunds.order_id is null as is_credit_note,
        -- a refund dated before its order counts at the order's date
        greatest(refunds.refund_date, coalesce(orders.order_date, refunds.refund_date)) as refund_date,
        {{ convert_amount('refunds.amount', 'coalesce(orders.rate, 1)') }} as amount
    from {{ ref('stg_refunds') }} as refunds
    inner join {{ ref('as_of') }} as dates
        on refunds.refund_date <= dates.as_of
    left join {{ ref('order_keys') }} as orders
        on
            refunds.source = orders.source
            and refunds.order_id = orders.order_id
    where
        refunds.order_id is null
        or orders.order_date <= dates.as_of
)

select * from int_refunds
