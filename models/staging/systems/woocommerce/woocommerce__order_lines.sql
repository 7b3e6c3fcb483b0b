{%- call(shop) source_rows('woocommerce', 'order_lines') -%}
    -- what the shop received for a product is after its coupons and never holds tax; neither do the coupons
    select
        order_id,
        order_item_id as line_id,
        product_id,
        product_qty as quantity,
        coupon_amount as discount_amount,
        product_net_revenue as amount
    from {{ woocommerce_lines(shop) }} as lines
    where
        coalesce(type, 'shop_order') = 'shop_order'
        and not is_gift_card
{%- endcall -%}
