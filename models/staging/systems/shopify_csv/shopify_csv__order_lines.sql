{%- call(shop) source_rows('shopify_csv', 'order_lines') -%}
    with {{ shopify_csv_orders(shop) }},

    {% set raws = ['lines.lineitem_quantity', 'lines.lineitem_price', 'lines.lineitem_discount'] -%}
    {%- set keep = 'case when lines.is_taxable then orders.keep else 1 end' -%}
    goods_lines as (
        select
            orders.order_id,
            coalesce({{ without_apostrophe('lines.lineitem_sku') }}, lines.lineitem_name) as product_id,
            lines.lineitem_quantity as quantity,
            {{ computed_money('(lines.list_amount - lines.line_discount) * ' ~ keep, raws) }} as amount,
            {{ computed_money('lines.line_discount * ' ~ keep, raws[2:]) }} as discount_amount
        from export_lines as lines
        inner join export_orders as orders
            on
                lines.file_rank = orders.file_rank
                and lines.name is not distinct from orders.name
                and lines.created_at is not distinct from orders.created_at
        where lines.kind = 'goods'
    )

    -- a line has no id; equal lines may change places
    select
        order_id,
        row_number() over (
            partition by order_id
            order by product_id, quantity, amount, discount_amount
        ) as line_id,
        product_id,
        quantity,
        discount_amount,
        amount
    from goods_lines
{%- endcall -%}
