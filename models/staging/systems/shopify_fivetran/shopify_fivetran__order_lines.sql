{%- call(shop) source_rows('shopify_fivetran', 'order_lines') -%}
    with discounts as (
        select
            order_line_id,
            {{ summed_money('coalesce(amount, allocated_amount_set_shop_amount)') }} as amount
        from {{ fivetran_rows(shop, 'discount_allocation', ['order_line_id', 'index']) }} as newest
        group by order_line_id
    ),

    taxes as (
        select
            order_line_id,
            {{ summed_money('coalesce(price, price_set_shop_amount)') }} as amount,
            sum({{ parse_decimal('rate', 'VARCHAR', 20, 10) }}) as rate
        from {{ fivetran_rows(shop, 'tax_line', ['order_line_id', 'index']) }} as newest
        group by order_line_id
    ),

    -- the shares of a line in all discounts say more than its own total, which stands in where they were not loaded
    lines as (
        select
            lines.order_id,
            lines.id as line_id,
            coalesce(lines.product_id, lines.sku, lines.name) as product_id,
            lines.quantity,
            coalesce(lines.price, lines.original_unit_price_set_shop_amount) as price,
            lines.original_total_set_shop_amount as list_amount,
            {{ 'discounts.amount' if has_files(shop, 'discount_allocation')
                else 'coalesce(lines.total_discount, lines.total_discount_set_shop_amount)' }} as discount,
            taxes.amount as tax,
            taxes.rate as tax_rate,
            orders.taxes_included,
            coalesce(lines.gift_card, lines.is_gift_card) as gift_card
        from {{ fivetran_rows(shop, 'order_line', ['id']) }} as lines
        left join {{ newest_rows(shop, 'order', ['id'], 'fivetran_synced') }} as orders on lines.order_id = orders.id
        left join discounts on lines.id = discounts.order_line_id
        left join taxes on lines.id = taxes.order_line_id
        where not {{ is_true('orders.fivetran_deleted') }}
    )

    {{ shopify_order_lines('lines') }}
{%- endcall -%}
