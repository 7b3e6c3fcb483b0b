-- refunded by its status, though no refund was ever delivered: then an order is refunded in full
with orders_by_status as (
    select
        orders.source,
        orders.order_id,
        orders.row_id as order_number,
        orders.ordered_at,
        orders.order_date,
        cast(amounts.gross_amount - amounts.discount_amount as decimal(18, 4)) as amount
    from {{ ref('stg_orders') }} as orders
    inner join {{ ref('order_statuses') }} as statuses
        on
            orders.status = statuses.status
            and statuses.is_refunded
    inner join {{ ref('int_order_amounts') }} as amounts
        on orders.row_id = amounts.order_row_id
    left join {{ ref('stg_refunds') }} as refunds
        on
            orders.source = refunds.source
            and orders.order_id = refunds.order_id
    where refunds.row_id is null
),

int_refunds as (
    select
        refunds.source || ':' || refunds.refund_id as refund_key,
        refunds.source,
        refunds.refund_id,
        refunds.row_id as refund_row_id,
        refunds.order_row_id as order_number,
        case when refunds.order_id is null then refunds.customer_id end as customer_id,
        refunds.order_id is null as is_credit_note,
        refunds.refunded_at,
        -- a refund dated before its order counts at the order's date
        greatest(refunds.refund_date, coalesce(refunds.order_date, refunds.refund_date)) as refund_date,
        {{ convert_amount('refunds.amount', 'refunds.rate') }} as amount,
        false as is_by_status
    from {{ ref('stg_refunds') }} as refunds
    inner join {{ ref('int_as_of') }} as dates
        on refunds.refund_date <= dates.as_of
    where
        refunds.order_id is null
        or refunds.order_date <= dates.as_of
    union all
    select
        source || ':status:' || order_id as refund_key,
        source,
        'status:' || order_id as refund_id,
        cast(null as bigint) as refund_row_id,
        order_number,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        false as is_credit_note,
        ordered_at as refunded_at,
        order_date as refund_date,
        amount,
        true as is_by_status
    from orders_by_status
)

select * from int_refunds
