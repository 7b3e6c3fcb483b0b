with int_deductions as (
    select
        refunds.refund_key,
        sales.source,
        sales.channel,
        sales.country,
        refunds.refund_date as deduction_date,
        refunds.amount,
        false as is_credit_note
    from {{ ref('refunds') }} as refunds
    inner join {{ ref('int_valid_orders') }} as sales
        on refunds.order_number = sales.order_number
    union all
    select
        refund_key,
        source,
        'unknown' as channel,
        'unknown' as country,
        refund_date as deduction_date,
        amount,
        true as is_credit_note
    from {{ ref('refunds') }}
    where
        is_credit_note
        and is_valid
)

select * from int_deductions
