{%- call(shop) source_rows('shopify_fivetran', 'customers') -%}
    select
        id as customer_id,
        email,
        phone,
        {{ in_utc('created_at') }} as created_at,
        orders_count as lifetime_orders
    from {{ fivetran_rows(shop, 'customer', ['id']) }} as newest
{%- endcall -%}
