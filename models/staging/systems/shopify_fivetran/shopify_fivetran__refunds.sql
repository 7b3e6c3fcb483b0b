{%- call(shop) source_rows('shopify_fivetran', 'refunds') -%}
    with refunds as (
        select
            refunds.id,
            refunds.order_id,
            {{ in_utc('coalesce(refunds.processed_at, refunds.created_at)') }} as refunded_at,
            orders.taxes_included,
            {{ is_true('orders.fivetran_deleted') }} as is_deleted
        from {{ fivetran_rows(shop, 'refund', ['id']) }} as refunds
        left join {{ newest_rows(shop, 'order', ['id'], 'fivetran_synced') }} as orders on refunds.order_id = orders.id
    ),

    lines as (
        select
            returned.refund_id,
            returned.id as line_refund_id,
            coalesce(refunds.order_id, lines.order_id) as order_id,
            refunds.refunded_at,
            coalesce(lines.product_id, lines.sku, lines.name) as product_id,
            returned.quantity,
            coalesce(returned.subtotal, returned.subtotal_set_shop_amount) as subtotal,
            coalesce(returned.total_tax, returned.total_tax_set_shop_amount) as total_tax,
            refunds.taxes_included,
            coalesce(lines.gift_card, lines.is_gift_card) as gift_card
        from {{ fivetran_rows(shop, 'order_line_refund', ['id']) }} as returned
        left join refunds on returned.refund_id = refunds.id
        left join {{ fivetran_rows(shop, 'order_line', ['id']) }} as lines on returned.order_line_id = lines.id
        where not coalesce(refunds.is_deleted, false)
    ),

    adjustments as (
        select
            adjustments.refund_id,
            refunds.order_id,
            refunds.refunded_at,
            coalesce(adjustments.kind, adjustments.reason) as kind,
            coalesce(adjustments.amount, adjustments.amount_set_shop_amount) as amount
        from {{ fivetran_rows(shop, 'order_adjustment', ['id']) }} as adjustments
        left join refunds on adjustments.refund_id = refunds.id
        where not coalesce(refunds.is_deleted, false)
    )

    select
        refund_id,
        refunded_at,
        amount,
        order_id,
        product_id,
        quantity
    from ({{ shopify_refunds('lines', 'adjustments') }}) as all_refunds
{%- endcall -%}
