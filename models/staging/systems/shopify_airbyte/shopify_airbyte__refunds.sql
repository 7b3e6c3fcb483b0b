{%- call(shop) source_rows('shopify_airbyte', 'refunds') -%}
    {%- set has_stream = has_files(shop, 'order_refunds') -%}
    with orders as (
        select
            id,
            taxes_included,
            deleted_at,
            refunds
        from {{ airbyte_rows(shop, 'orders') }} as newest
    ),

    -- from one place only: their own stream, else the orders that hold them
    refunds as (
        {%- if has_stream %}
        select
            refunds.id as refund_id,
            refunds.order_id,
            {{ in_utc('coalesce(refunds.processed_at, refunds.created_at)') }} as refunded_at,
            orders.taxes_included,
            refunds.refund_line_items,
            refunds.order_adjustments
        from {{ airbyte_rows(shop, 'order_refunds') }} as refunds
        left join orders on refunds.order_id = orders.id
        where orders.deleted_at is null
        {%- else %}
        select
            {{ json_value('item', ['id']) }} as refund_id,
            id as order_id,
            {{ in_utc('coalesce(' ~ json_value('item', ['processed_at']) ~ ', ' ~ json_value('item', ['created_at']) ~ ')') }}
                as refunded_at,
            taxes_included,
            {{ json_value('item', ['refund_line_items']) }} as refund_line_items,
            {{ json_value('item', ['order_adjustments']) }} as order_adjustments
        from {{ each_json_item('orders', 'refunds') }} as each_refund
        where deleted_at is null
        {%- endif %}
    ),

    lines as (
        select
            refund_id,
            {{ json_value('item', ['id']) }} as line_refund_id,
            order_id,
            refunded_at,
            coalesce(
                {{ json_value('item', ['line_item', 'product_id']) }}, {{ json_value('item', ['line_item', 'sku']) }},
                {{ json_value('item', ['line_item', 'name']) }}
            ) as product_id,
            {{ json_value('item', ['quantity']) }} as quantity,
            {{ json_value('item', ['subtotal']) }} as subtotal,
            {{ json_value('item', ['total_tax']) }} as total_tax,
            taxes_included,
            {{ json_value('item', ['line_item', 'gift_card']) }} as gift_card
        from {{ each_json_item('refunds', 'refund_line_items') }} as each_line
    ),

    adjustments as (
        select
            refund_id,
            order_id,
            refunded_at,
            coalesce({{ json_value('item', ['kind']) }}, {{ json_value('item', ['reason']) }}) as kind,
            coalesce(
                {{ json_value('item', ['amount']) }}, {{ json_value('item', ['amount_set', 'shop_money', 'amount']) }}
            ) as amount
        from {{ each_json_item('refunds', 'order_adjustments') }} as each_adjustment
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
