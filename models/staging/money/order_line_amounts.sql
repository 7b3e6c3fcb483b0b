{{ config(materialized='table') }}

with priced as (
    select
        lines.row_id,
        orders.order_row_id,
        orders.rate,
        lines.product_id,
        -- a line that states no quantity is one unit
        coalesce(lines.quantity, 1) as units,
        coalesce(lines.discount_amount, 0) as discount_amount,
        coalesce(lines.amount, lines.unit_price) is null as has_no_amount,
        -- quantities and prices have four decimals each, so the product has eight; null: too large
        coalesce(
            lines.amount,
            try_cast(
                cast(coalesce(lines.quantity, 1) as decimal(28, 4)) * lines.unit_price
                - coalesce(lines.discount_amount, 0) as decimal(18, 4)
            )
        ) as amount
    from {{ ref('base_order_lines') }} as lines
    left join {{ ref('order_keys') }} as orders
        on
            lines.source = orders.source
            and lines.order_id = orders.order_id
    where lines.reject_reason is null
),

converted as (
    select
        row_id,
        order_row_id,
        product_id,
        units,
        has_no_amount,
        amount as order_currency_amount,
        discount_amount as order_currency_discount_amount,
        {{ convert_amount('amount', 'rate') }} as amount,
        {{ convert_amount('discount_amount', 'rate') }} as discount_amount
    from priced
),

order_line_amounts as (
    select
        row_id,
        order_row_id,
        product_id,
        units,
        order_currency_discount_amount,
        discount_amount,
        case when has_no_amount then 0 else amount end as amount,
        not has_no_amount as has_amount,
        -- judged before a small rate can round the sign away
        coalesce(order_currency_amount < 0, false) as is_negative,
        not has_no_amount and (
            amount is null or discount_amount is null
            or greatest(order_currency_amount, amount, discount_amount) > 1000000000000
        ) as is_too_large
    from converted
)

select * from order_line_amounts
