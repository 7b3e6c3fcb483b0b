-- What a refund does not name can only be what the order held alone; what its status refunds came back whole.
with sold as (
    select
        sales.order_number,
        products.product_id,
        products.units,
        keyed.is_goods
    from {{ ref('int_refunds') }} as refunds
    inner join {{ ref('int_valid_orders') }} as sales
        on refunds.order_number = sales.order_number
    inner join {{ ref('int_order_products') }} as products
        on sales.order_number = products.order_row_id
    inner join {{ ref('int_products_keyed') }} as keyed
        on
            sales.source = keyed.source
            and products.product_id = keyed.product_id
    where products.units > 0
    group by
        sales.order_number,
        products.product_id,
        products.units,
        keyed.is_goods
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

returned as (
    select
        refunds.order_number,
        coalesce(staged.product_id, only_goods.product_id) as product_id,
        coalesce(staged.quantity, 1) as units
    from {{ ref('int_refunds') }} as refunds
    inner join {{ ref('stg_refunds') }} as staged
        on refunds.refund_row_id = staged.row_id
    left join only_goods
        on refunds.order_number = only_goods.order_number
    union all
    select
        sold.order_number,
        sold.product_id,
        sold.units
    from {{ ref('int_refunds') }} as refunds
    inner join sold
        on refunds.order_number = sold.order_number
    where refunds.is_by_status
),

-- no more comes back than was sold
int_returned_units as (
    select
        sold.order_number,
        sold.product_id,
        cast(least(sum(returned.units), max(sold.units)) as decimal(18, 4)) as units
    from returned
    inner join sold
        on
            returned.order_number = sold.order_number
            and returned.product_id = sold.product_id
    group by
        sold.order_number,
        sold.product_id
)

select * from int_returned_units
