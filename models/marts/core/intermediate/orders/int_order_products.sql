with int_order_products as (
    select
        amounts.order_row_id,
        amounts.product_id,
        count(*) as lines,
        sum(amounts.units) as units,
        sum(amounts.units) filter (where amounts.has_amount) as priced_units,
        bool_or(amounts.has_amount) as has_amount,
        sum(amounts.amount) as amount,
        sum(amounts.amount) filter (where amounts.units > 0) as amount_of_units,
        sum(amounts.discount_amount) as discount_amount,
        sum(amounts.order_currency_discount_amount) as order_currency_discount_amount
    from {{ ref('order_line_amounts') }} as amounts
    left join {{ ref('quarantine_order_lines') }} as quarantined
        on amounts.row_id = quarantined.row_id
    where quarantined.row_id is null
    group by
        amounts.order_row_id,
        amounts.product_id
)

select * from int_order_products
