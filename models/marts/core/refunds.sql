with refunds as (
    select
        staged.source || ':' || staged.refund_id as refund_key,
        staged.source,
        staged.refund_id,
        staged.source || ':' || staged.order_id as order_key,
        refunds.order_number,
        people.customer_key,
        people.customer_number,
        staged.refunded_at,
        refunds.refund_date,
        refunds.amount,
        refunds.is_credit_note,
        coalesce(orders.is_valid, not coalesce(attributes.is_staff, false)) as is_valid
    from {{ ref('int_refunds') }} as refunds
    inner join {{ ref('stg_refunds') }} as staged
        on refunds.refund_row_id = staged.row_id
    left join {{ ref('orders') }} as orders
        on refunds.order_number = orders.order_number
    left join {{ ref('int_accounts') }} as accounts
        on
            staged.source = accounts.source
            and case when refunds.is_credit_note then staged.customer_id end = accounts.customer_id
    left join {{ ref('int_customers_keyed') }} as people
        on coalesce(orders.customer_key, accounts.customer_key) = people.customer_key
    left join {{ ref('int_customer_attributes') }} as attributes
        on people.customer_number = attributes.customer_number
)

select * from refunds
