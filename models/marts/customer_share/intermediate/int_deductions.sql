with int_deductions as (
    select
        refunds.refund_row_id,
        sales.source,
        sales.channel,
        sales.country,
        refunds.refund_date as deduction_date,
        refunds.amount,
        false as is_credit_note
    from {{ ref('int_refunds') }} as refunds
    inner join {{ ref('int_valid_orders') }} as sales
        on refunds.order_row_id = sales.order_row_id
    union all
    select
        refund_row_id,
        source,
        'unknown' as channel,
        'unknown' as country,
        credit_note_date as deduction_date,
        amount,
        true as is_credit_note
    from {{ ref('int_credit_notes') }}
)

select * from int_deductions
