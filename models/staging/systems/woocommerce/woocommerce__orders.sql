{%- call(shop) source_rows('woocommerce', 'orders') -%}
    -- a newer row of an order is told by its date_updated_gmt; a time that the order lacks is in the
    -- bookkeeping, there by the shop's clock if need be
    select
        orders.id as order_id,
        coalesce(
            {{ in_utc(given('orders.date_created_gmt')) }},
            {{ in_utc(given('stats.date_created_gmt')) }},
            {{ in_shop_time(given('stats.date_created'), shop) }}
        ) as ordered_at,
        orders.customer_id,
        coalesce({{ given('orders.billing_email') }}, billing.email) as email,
        billing.phone,
        case
            when lower(orders.status) in ('wc-pending', 'pending') then 'unpaid'
            when goods.goods_lines = 0 and goods.gift_card_lines > 0 then 'gift_card'
            else orders.status
        end as status,
        orders.currency,
        case when goods.goods_lines = 0 then goods.goods end as amount,
        operational.shipping_total_amount as shipping_amount,
        orders.tax_amount,
        -- the checkout of blocks says store-api
        case when operational.created_via = 'store-api' then 'checkout' else operational.created_via end as channel,
        billing.country,
        billing.state as region,
        orders.payment_method,
        {{ in_utc(given('orders.date_updated_gmt')) }} as _loaded_at
    from {{ raw_table(shop, 'wc_orders') }} as orders
    left join {{ woocommerce_goods(shop) }} as goods
        on orders.id = goods.order_id
    left join {{ woocommerce_stats(shop) }} as stats
        on orders.id = stats.order_id
    left join {{ newest_files(shop, 'wc_order_operational_data', 'order_id', ['date_paid_gmt']) }} as operational
        on orders.id = operational.order_id
    left join {{ newest_rows(shop, 'wc_order_addresses', ['order_id', 'address_type']) }} as billing
        on orders.id = billing.order_id and billing.address_type = 'billing'
    where orders.type = 'shop_order'
{%- endcall -%}
