{%- call(shop) source_rows('complete_journey', 'order_lines') -%}
    -- sales_value is what the retailer received: a manufacturer's coupon (coupon_disc) is paid to him by the
    -- manufacturer and is no discount of his; his own are the loyalty price and the match of a coupon
    select
        basket_id as order_id,
        product_id as line_id,
        product_id,
        quantity,
        sales_value as amount,
        {{ computed_money(money('retail_disc') ~ ' + ' ~ money('coupon_match_disc'), ['retail_disc', 'coupon_match_disc']) }}
            as discount_amount
    from {{ raw_table(shop, 'transactions') }}
{%- endcall -%}
