{%- call(shop) source_rows('shopify_fivetran', 'products') -%}
    -- what was deleted at the shop was sold before: it stays a product
    select
        id as product_id,
        title as name,
        vendor as brand,
        product_type as category
    from {{ newest_rows(shop, 'product', ['id'], 'fivetran_synced') }} as newest
{%- endcall -%}
