with refunds as (
    select
        refunds.refund_key,
        refunds.source,
        refunds.refund_id,
        orders.order_key,
        refunds.order_number,
        people.customer_key,
        people.customer_number,
        refunds.refund_date,
        refunds.refunded_at,
        refunds.amount,
        case
            when refunds.is_by_status then 'status'
            else {{ published_value('refund', 'staged.reason') }}
        end as reason,
        refunds.is_credit_note,
        coalesce(orders.is_valid, not coalesce(attributes.is_staff, false)) as is_valid
    from {{ ref('int_refunds') }} as refunds
    left join {{ ref('stg_refunds') }} as staged
        on refunds.refund_row_id = staged.row_id
    left join {{ ref('orders') }} as orders
        on refunds.order_number = orders.order_number
    left join {{ ref('int_accounts') }} as accounts
        on
            refunds.source = accounts.source
            and refunds.customer_id = accounts.customer_id
    left join {{ ref('int_customers_keyed') }} as people
        on coalesce(orders.customer_key, accounts.customer_key) = people.customer_key
    left join {{ ref('int_customer_attributes') }} as attributes
        on people.customer_key = attributes.customer_key
)

select * from refunds
