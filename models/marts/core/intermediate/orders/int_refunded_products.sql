-- What a refund does not name can only be what the order held alone; what its status refunds came back whole.
with sold as (
    select
        sales.order_number,
        sales.source,
        products.product_id,
        products.units,
        keyed.is_goods
    from (select distinct order_number from {{ ref('int_refunds') }}) as refunded
    inner join {{ ref('int_valid_orders') }} as sales
        on refunded.order_number = sales.order_number
    inner join {{ ref('int_order_products') }} as products
        on sales.order_number = products.order_row_id
    inner join {{ ref('int_products_keyed') }} as keyed
        on
            sales.source = keyed.source
            and products.product_id = keyed.product_id
    where products.units > 0
),

only_goods as (
    select
        order_number,
        min(product_id) as product_id
    from sold
    where is_goods
    group by order_number
    having count(*) = 1
),

int_refunded_products as (
    select
        refunds.refund_key,
        refunds.order_number,
        refunds.source,
        coalesce(staged.product_id, only_goods.product_id) as product_id,
        refunds.refund_date,
        coalesce(staged.quantity, 1) as units,
        false as is_by_status
    from {{ ref('int_refunds') }} as refunds
    inner join {{ ref('int_valid_orders') }} as sales
        on refunds.order_number = sales.order_number
    inner join {{ ref('stg_refunds') }} as staged
        on refunds.refund_row_id = staged.row_id
    left join only_goods
        on refunds.order_number = only_goods.order_number
    where coalesce(staged.product_id, only_goods.product_id) is not null
    union all
    select
        refunds.refund_key,
        refunds.order_number,
        refunds.source,
        sold.product_id,
        refunds.refund_date,
        sold.units,
        true as is_by_status
    from {{ ref('int_refunds') }} as refunds
    inner join sold
        on refunds.order_number = sold.order_number
    where refunds.is_by_status
)

select * from int_refunded_products
