{%- call(shop) source_rows('shopify_airbyte', 'orders') -%}
    with orders as (
        select * from {{ airbyte_rows(shop, 'orders') }} as newest
        where deleted_at is null
    ),

    lines as (
        select
            id as order_id,
            count(case when not {{ is_true(json_value('item', ['gift_card'])) }} then 1 end) as goods_lines,
            count(case when {{ is_true(json_value('item', ['gift_card'])) }} then 1 end) as gift_card_lines
        from {{ each_json_item('orders', 'line_items') }} as items
        group by id
    )

    -- all amounts are in the lines: what the order says of discounts holds those of shipping, too
    select
        orders.id as order_id,
        -- an order that was imported was created on the day of the import
        {{ in_utc('coalesce(orders.processed_at, orders.created_at)') }} as ordered_at,
        {{ json_value('orders.customer', ['id']) }} as customer_id,
        orders.email,
        {{ shopify_status('orders.financial_status', 'orders.cancelled_at', 'lines.goods_lines', 'lines.gift_card_lines') }}
            as status,
        orders.currency,
        0 as amount,
        {{ json_value('orders.total_shipping_price_set', ['shop_money', 'amount']) }} as shipping_amount,
        orders.total_tax as tax_amount,
        {{ shopify_channel('orders.source_name') }} as channel,
        coalesce(
            {{ json_value('orders.shipping_address', ['country_code']) }},
            {{ json_value('orders.billing_address', ['country_code']) }}
        ) as country,
        {{ json_value('orders.discount_codes', [0, 'code']) }} as coupon_code,
        {{ in_utc('orders.cancelled_at') }} as cancelled_at,
        orders.test as is_test
    from orders
    left join lines on orders.id = lines.order_id
{%- endcall -%}
