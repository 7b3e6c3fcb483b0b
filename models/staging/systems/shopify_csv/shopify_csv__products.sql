{%- call(shop) source_rows('shopify_csv', 'products') -%}
    with rows_of_products as {{ shopify_csv_products(shop) }},

    -- a product's own columns stand on its first row
    heads as (
        select
            product_handle,
            max(title) as title,
            max(type) as type,
            max(vendor) as vendor
        from rows_of_products
        group by product_handle
    ),

    variants as (
        select
            rows_of_products.product_sku,
            rows_of_products.cost_per_item,
            nullif(concat_ws(
                ' / ', nullif(rows_of_products.option1_value, 'Default Title'), rows_of_products.option2_value,
                rows_of_products.option3_value
            ), '') as options,
            heads.title,
            heads.type,
            heads.vendor
        from rows_of_products
        inner join heads on rows_of_products.product_handle is not distinct from heads.product_handle
        where coalesce(rows_of_products.product_sku, rows_of_products.variant_price, rows_of_products.price) is not null
    )

    -- a variant without a sku is told by its name, as it stands on the lines
    select
        coalesce(product_sku, concat_ws(' - ', title, options)) as product_id,
        concat_ws(' - ', title, options) as name,
        vendor as brand,
        type as category,
        cost_per_item as unit_cost
    from variants
{%- endcall -%}
