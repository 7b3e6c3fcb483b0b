-- of lines whose product's cost is known
with costs as (
    select
        facts.customer_number,
        sum(amounts.amount) as amount,
        sum(cast(coalesce(lines.quantity, 1) as decimal(28, 4)) * products.unit_cost) as cost
    from {{ ref('stg_order_lines') }} as lines
    inner join {{ ref('stg_products') }} as products
        on
            lines.source = products.source
            and lines.product_id = products.product_id
    inner join {{ ref('order_line_amounts') }} as amounts
        on lines.row_id = amounts.row_id
    inner join {{ ref('int_orders') }} as facts
        on amounts.order_row_id = facts.order_row_id
    where
        products.unit_cost is not null
        and amounts.has_amount
        and facts.is_valid
        and facts.customer_number is not null
    group by facts.customer_number
),

int_customer_margins as (
    select
        customer_number,
        {{ share_of('amount - cost', 'amount') }} as margin_share
    from costs
)

select * from int_customer_margins
