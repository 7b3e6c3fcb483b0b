with refunds as (
    select
        staged.source || ':' || staged.refund_id as refund_key,
        staged.source,
        staged.refund_id,
        staged.source || ':' || staged.order_id as order_key,
        coalesce(order_people.customer_key, people.customer_key) as customer_key,
        staged.refunded_at,
        refunds.refund_date,
        refunds.amount,
        refunds.is_credit_note,
        coalesce(orders.is_valid, not coalesce(attributes.is_staff, false)) as is_valid
    from {{ ref('int_refunds') }} as refunds
    inner join {{ ref('stg_refunds') }} as staged
        on refunds.refund_row_id = staged.row_id
    left join {{ ref('int_orders') }} as orders
        on refunds.order_row_id = orders.order_row_id
    left join {{ ref('int_people') }} as order_people
        on orders.person_number = order_people.person_number
    left join {{ ref('int_people') }} as people
        on refunds.person_number = people.person_number
    left join {{ ref('int_person_attributes') }} as attributes
        on refunds.person_number = attributes.person_number
)

select * from refunds
