{%- call(shop) source_rows('shopify_fivetran', 'orders') -%}
    with orders as (
        select * from {{ fivetran_rows(shop, 'order', ['id']) }} as newest
    ),

    lines as (
        select
            order_id,
            count(case when not {{ is_true('coalesce(gift_card, is_gift_card)') }} then 1 end) as goods_lines,
            count(case when {{ is_true('coalesce(gift_card, is_gift_card)') }} then 1 end) as gift_card_lines
        from {{ fivetran_rows(shop, 'order_line', ['id']) }} as newest
        group by order_id
    ),

    codes as (
        select
            order_id,
            min_by(code, {{ money('index') }}) as code
        from {{ fivetran_rows(shop, 'order_discount_code', ['order_id', 'index']) }} as newest
        group by order_id
    )

    -- all amounts are in the lines: what the order says of discounts holds those of shipping, too
    select
        orders.id as order_id,
        -- an order that was imported was created on the day of the import
        {{ in_utc('coalesce(orders.processed_at, orders.created_at)') }} as ordered_at,
        orders.customer_id,
        orders.email,
        {{ shopify_status(
            'coalesce(orders.financial_status, orders.display_financial_status)', 'orders.cancelled_at', 'lines.goods_lines',
            'lines.gift_card_lines'
        ) }} as status,
        coalesce(orders.currency, orders.currency_code) as currency,
        0 as amount,
        orders.total_shipping_price_set_shop_amount as shipping_amount,
        coalesce(orders.total_tax, orders.total_tax_set_shop_amount) as tax_amount,
        {{ shopify_channel('orders.source_name') }} as channel,
        coalesce(orders.shipping_address_country_code, orders.billing_address_country_code) as country,
        codes.code as coupon_code,
        {{ in_utc('orders.cancelled_at') }} as cancelled_at,
        orders.test as is_test
    from orders
    left join lines on orders.id = lines.order_id
    left join codes on orders.id = codes.order_id
{%- endcall -%}
