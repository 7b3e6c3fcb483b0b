{%- call(shop) source_rows('shopify_airbyte', 'products') -%}
    select
        id as product_id,
        title as name,
        vendor as brand,
        product_type as category
    from {{ airbyte_rows(shop, 'products') }} as newest
{%- endcall -%}
