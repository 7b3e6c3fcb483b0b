-- no more comes back than was sold
with int_returned_units as (
    select
        returned.order_number,
        returned.product_id,
        cast(least(sum(returned.units), max(sold.units)) as decimal(18, 4)) as units
    from {{ ref('int_refunded_products') }} as returned
    inner join {{ ref('int_order_products') }} as sold
        on
            returned.order_number = sold.order_row_id
            and returned.product_id = sold.product_id
    where sold.units > 0
    group by
        returned.order_number,
        returned.product_id
)

select * from int_returned_units
