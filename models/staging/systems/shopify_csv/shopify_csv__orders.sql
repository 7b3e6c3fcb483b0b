{%- call(shop) source_rows('shopify_csv', 'orders') -%}
    with {{ shopify_csv_orders(shop) }}

    -- the file knows no customers: people join by their addresses; those of a parcel may be another's
    select
        order_id,
        created_at as ordered_at,
        email,
        {{ without_apostrophe('phone') }} as phone,
        {{ shopify_status('financial_status', 'cancelled_at', 'goods_lines', 'gift_card_lines') }} as status,
        currency,
        {{ computed_money('goods_kept * (1 - discount_share)', shopify_csv_amounts()) }} as amount,
        {{ computed_money('line_discounts_kept + goods_kept * discount_share', shopify_csv_amounts()) }} as discount_amount,
        shipping as shipping_amount,
        taxes as tax_amount,
        {{ shopify_channel('source') }} as channel,
        coalesce(shipping_country, billing_country) as country,
        split_part(discount_code, ',', 1) as coupon_code,
        payment_method,
        cancelled_at,
        lower(payment_method) like '%bogus%' as is_test
    from export_orders
{%- endcall -%}
