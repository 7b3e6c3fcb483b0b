-- Sums as narrow as amounts, since DuckDB unpacks what it stores wider bit by bit; but for those in an
-- order's own currency, which may be one of small units.
with int_order_products as (
    select
        amounts.order_row_id,
        amounts.product_id,
        count(*) as lines,
        cast(sum(amounts.units) as decimal(18, 4)) as units,
        cast(sum(amounts.units) filter (where amounts.has_amount) as decimal(18, 4)) as priced_units,
        bool_or(amounts.has_amount) as has_amount,
        cast(sum(amounts.amount) as decimal(18, 4)) as amount,
        cast(sum(amounts.amount) filter (where amounts.units > 0) as decimal(18, 4)) as amount_of_units,
        cast(sum(amounts.discount_amount) as decimal(18, 4)) as discount_amount,
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
