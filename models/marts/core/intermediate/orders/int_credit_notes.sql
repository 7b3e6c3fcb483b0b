with int_credit_notes as (
    select
        refunds.refund_row_id,
        staged.source,
        refunds.customer_number,
        refunds.refund_date as credit_note_date,
        refunds.amount
    from {{ ref('int_refunds') }} as refunds
    inner join {{ ref('stg_refunds') }} as staged
        on refunds.refund_row_id = staged.row_id
    left join {{ ref('int_customer_attributes') }} as attributes
        on refunds.customer_number = attributes.customer_number
    where
        refunds.is_credit_note
        and not coalesce(attributes.is_staff, false)
)

select * from int_credit_notes
