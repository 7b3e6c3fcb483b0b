with products as (
    select
        source || ':' || product_id as product_key,
        source,
        product_id,
        name,
        brand,
        category,
        family,
        tier,
        unit_cost,
        released_date as released_on
    from {{ ref('stg_products') }}
)

select * from products
