with int_order_products as (
    select
        amounts.order_row_id,
        lines.product_id,
        count(*) as lines,
        -- a line that states no quantity is one unit
        sum(coalesce(lines.quantity, 1)) as units,
        bool_or(amounts.has_amount) as has_amount,
        sum(amounts.amount) as amount,
        sum(amounts.discount_amount) as discount_amount,
        sum(amounts.order_currency_discount_amount) as order_currency_discount_amount
    from {{ ref('order_line_amounts') }} as amounts
    inner join {{ ref('stg_order_lines') }} as lines
        on amounts.row_id = lines.row_id
    group by
        amounts.order_row_id,
        lines.product_id
)

select * from int_order_products
