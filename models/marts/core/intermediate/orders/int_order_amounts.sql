-- lines are brought to order grain before they meet the order, so that no header counts twice
with order_lines as (
    select
        order_row_id,
        sum(lines) as lines,
        count(product_id) as distinct_products,
        sum(units) as units,
        bool_or(has_amount) as has_amount,
        sum(amount) as amount,
        sum(discount_amount) as discount_amount,
        sum(order_currency_discount_amount) as order_currency_discount_amount
    from {{ ref('int_order_products') }}
    group by order_row_id
),

headers as (
    select
        orders.row_id as order_row_id,
        orders.rate,
        coalesce(lines.has_amount, false) as has_line_amounts,
        coalesce(lines.lines, 0) as lines,
        coalesce(lines.distinct_products, 0) as distinct_products,
        coalesce(lines.units, 0) as units,
        coalesce(lines.amount, 0) as line_amount,
        coalesce(lines.discount_amount, 0) as line_discount_amount,
        coalesce(orders.amount, 0) as header_amount,
        -- the header repeats its lines' discounts: only what it has beyond them comes off, once
        greatest(
            coalesce(orders.discount_amount, 0) - coalesce(lines.order_currency_discount_amount, 0), 0
        ) as excess_discount_amount,
        coalesce(orders.discount_amount, 0) as header_discount_amount
    from {{ ref('stg_orders') }} as orders
    inner join {{ ref('int_as_of') }} as dates
        on orders.order_date <= dates.as_of
    left join order_lines as lines
        on orders.row_id = lines.order_row_id
),

converted as (
    select
        order_row_id,
        lines,
        distinct_products,
        units,
        case
            when has_line_amounts then line_amount + line_discount_amount
            else
                {{ convert_amount('header_amount', 'rate') }}
                + {{ convert_amount('header_discount_amount', 'rate') }}
        end as gross_amount,
        case
            when has_line_amounts
                then line_discount_amount + {{ convert_amount('excess_discount_amount', 'rate') }}
            else {{ convert_amount('header_discount_amount', 'rate') }}
        end as discount_amount
    from headers
),

int_order_amounts as (
    select
        order_row_id,
        cast(lines as bigint) as lines,
        cast(distinct_products as bigint) as distinct_products,
        cast(units as decimal(18, 4)) as units,
        cast(gross_amount as decimal(18, 4)) as gross_amount,
        -- what exceeds the goods was paid for their shipping
        cast(least(discount_amount, gross_amount) as decimal(18, 4)) as discount_amount
    from converted
)

select * from int_order_amounts
