{{ config(materialized='view') }}

-- A view, like core.events: models sum int_order_products; the texts are written once, in the published file.
with order_lines as (
    select
        -- an order id is escaped by a backslash (chr 92): no other one followed by `:` gives the same key
        lines.source || ':'
        || replace(replace(lines.order_id, chr(92), chr(92) || chr(92)), ':', chr(92) || ':')
        || ':' || lines.line_id as order_line_key,
        orders.order_key,
        orders.customer_number,
        lines.source || ':' || amounts.product_id as product_key,
        lines.source,
        lines.order_id,
        lines.line_id,
        amounts.product_id,
        orders.order_date,
        orders.is_valid,
        case when amounts.is_discount then 0 else lines.quantity end as quantity,
        cast(amounts.amount + amounts.discount_amount as decimal(18, 4)) as gross_amount,
        amounts.discount_amount,
        amounts.amount
    from {{ ref('stg_order_lines') }} as lines
    inner join {{ ref('order_line_amounts') }} as amounts
        on lines.row_id = amounts.row_id
    inner join {{ ref('orders') }} as orders
        on amounts.order_row_id = orders.order_number
)

select * from order_lines
