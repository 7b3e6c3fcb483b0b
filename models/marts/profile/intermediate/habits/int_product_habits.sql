-- What a customer orders most of late: an order of half a year ago counts half, whatever was in it.
with orders as (
    select
        products.customer_number,
        products.order_number,
        products.order_date,
        products.category_number,
        products.brand_number,
        power(0.5, {{ days_from('products.order_date', 'dates.as_of') }} / 180e0) as weight
    from {{ ref('int_ordered_products') }} as products
    inner join {{ ref('as_of') }} as dates
        on products.order_date > {{ add_to_date('day', -365, 'dates.as_of') }}
    where products.customer_number is not null
),

{%- for column in ['category', 'brand'] %}
{{ column }}_orders as (
    select distinct
        customer_number,
        order_number,
        order_date,
        {{ column }}_number,
        weight
    from orders
    where {{ column }}_number is not null
),

{{ column }}_weights as (
    select
        customer_number,
        {{ column }}_number,
        round({{ stable_sum('weight') }}, 6) as weight,
        max(order_date) as latest_date
    from {{ column }}_orders
    group by
        customer_number,
        {{ column }}_number
),

top_{{ column }} as (
    select
        customer_number,
        {{ column }}_number
    from {{ column }}_weights
    qualify row_number() over (
        partition by customer_number
        order by weight desc, latest_date desc, {{ column }}_number asc
    ) = 1
),

{{ column }}_names as (
    select distinct
        {{ column }}_number,
        {{ column }}
    from {{ ref('int_products_keyed') }}
    where {{ column }}_number is not null
),
{%- endfor %}

held as (
    select
        customer_number,
        count(*) as products_held
    from {{ ref('int_held_products') }}
    group by customer_number
),

int_product_habits as (
    select
        held.customer_number,
        held.products_held,
        categories.category as top_category,
        brands.brand as top_brand
    from held
    left join top_category
        on held.customer_number = top_category.customer_number
    left join category_names as categories
        on top_category.category_number = categories.category_number
    left join top_brand
        on held.customer_number = top_brand.customer_number
    left join brand_names as brands
        on top_brand.brand_number = brands.brand_number
)

select * from int_product_habits
