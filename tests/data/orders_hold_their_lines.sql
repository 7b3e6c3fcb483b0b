-- An order whose lines say what they cost is worth its lines: at list price exactly, after discounts at
-- most, and never less than nothing.
with lines as (
    select
        order_key,
        sum(gross_amount) as gross_amount,
        sum(amount) as amount,
        count(*) as lines
    from {{ ref('order_lines') }}
    group by order_key
)

select
    orders.order_key,
    orders.gross_amount,
    lines.gross_amount as lines_gross_amount
from {{ ref('orders') }} as orders
left join lines
    on orders.order_key = lines.order_key
where
    coalesce(lines.lines, 0) <> orders.lines
    or (
        lines.gross_amount > 0
        and (
            orders.gross_amount <> lines.gross_amount
            or orders.gross_amount - orders.discount_amount > greatest(lines.amount, 0)
        )
    )
