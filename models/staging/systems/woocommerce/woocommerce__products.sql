{%- call(shop) source_rows('woocommerce', 'products') -%}
    -- a variation names its parent by id:… or by SKU and has no categories of its own; of several the first
    -- counts, A > B is B in the family A; a comma in a name is written \,
    with products as (
        select * from {{ newest_files(shop, 'products', 'id', []) }} as raw_products
    ),

    parents as (
        select 'id:' || id as parent, categories, brands, cost_of_goods from products
        union all
        select sku as parent, categories, brands, cost_of_goods from products where lower(type) not like 'variation%'
    ),

    known as (
        select
            products.id,
            products.name,
            coalesce(products.cost_of_goods, parents.cost_of_goods) as cost_of_goods,
            {{ first_listed('coalesce(products.brands, parents.brands)') }} as brand,
            {{ first_listed('coalesce(products.categories, parents.categories)') }} as place
        from products
        left join parents
            on products.parent = parents.parent
    )

    select
        id as product_id,
        name,
        regexp_extract(brand, '([^>]*)$', 1) as brand,
        regexp_extract(place, '([^>]*)$', 1) as category,
        regexp_extract(place, '^([^>]*)>', 1) as family,
        cost_of_goods as unit_cost
    from known
{%- endcall -%}
