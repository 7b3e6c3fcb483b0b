{%- call(shop) source_rows('complete_journey', 'products') -%}
    select
        product_id,
        product_type as name,
        brand,
        product_category as category,
        department as family
    from {{ raw_table(shop, 'products') }}
{%- endcall -%}
