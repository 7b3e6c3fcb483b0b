{{ config(materialized='table') }}

with priced as (
    select
        lines.row_id,
        orders.row_id as order_row_id,
        orders.rate,
        lines.product_id,
        lines.unit_price,
        -- a line that states no quantity is one unit
        coalesce(lines.quantity, 1) as units,
        coalesce(lines.discount_amount, 0) as discount_amount,
        coalesce(lines.amount, lines.unit_price) is null as has_no_amount,
        -- quantities and prices have four decimals each, so the product has eight; null: too large
        coalesce(
            lines.amount,
            {{ narrow(
                'cast(coalesce(lines.quantity, 1) as decimal(28, 4)) * lines.unit_price
                - coalesce(lines.discount_amount, 0)', 8
            ) }}
        ) as amount
    from {{ ref('base_order_lines') }} as lines
    left join {{ ref('stg_orders') }} as orders
        on
            lines.source = orders.source
            and lines.order_id = orders.order_id
    where lines.reject_reason is null
),

-- a line of a negative amount is a discount: all that it says is what it takes off
judged as (
    select
        *,
        coalesce(amount < 0, false) as is_discount
    from priced
),

converted as (
    select
        row_id,
        order_row_id,
        is_discount,
        case when not is_discount then product_id end as product_id,
        case when is_discount then 0 else units end as units,
        has_no_amount,
        not is_discount and coalesce(unit_price < 0, false) as has_negative_price,
        amount as order_currency_amount,
        case when is_discount then -amount else discount_amount end as order_currency_discount_amount,
        {{ convert_amount('amount', 'rate') }} as amount,
        {{ convert_amount(
            'case when is_discount then -amount else discount_amount end', 'rate'
        ) }} as discount_amount
    from judged
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
        is_discount,
        has_negative_price,
        not has_no_amount and (
            amount is null or discount_amount is null
            or greatest(abs(order_currency_amount), abs(amount), discount_amount) > 1000000000000
        ) as is_too_large
    from converted
)

select * from order_line_amounts
