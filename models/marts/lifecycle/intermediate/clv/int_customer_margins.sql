-- of lines whose product's cost is known
with costs as (
    select
        lines.customer_number,
        sum(lines.amount) as amount,
        sum(cast(coalesce(lines.quantity, 1) as decimal(28, 4)) * products.unit_cost) as cost
    from {{ ref('order_lines') }} as lines
    inner join {{ ref('products') }} as products
        on lines.product_key = products.product_key
    where
        products.unit_cost is not null
        and lines.has_amount
        and lines.is_valid
        and lines.customer_number is not null
    group by lines.customer_number
),

int_customer_margins as (
    select
        customer_number,
        {{ share_of('amount - cost', 'amount') }} as margin_share
    from costs
)

select * from int_customer_margins
