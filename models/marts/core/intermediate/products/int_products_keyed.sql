-- Numbers in the order of the keys: the smaller key is the smaller number.
with ordered as (
    select
        sales.source,
        products.product_id
    from {{ ref('int_order_products') }} as products
    inner join {{ ref('int_valid_orders') }} as sales
        on products.order_row_id = sales.order_number
    where
        products.product_id is not null
        and products.units > 0
    group by
        sales.source,
        products.product_id
),

named as (
    select
        source,
        product_id
    from {{ ref('products') }}
    union
    select
        source,
        product_id
    from ordered
),

described as (
    select
        cast(row_number() over (order by named.source || ':' || named.product_id) as bigint)
            as product_number,
        named.source || ':' || named.product_id as product_key,
        named.source,
        named.product_id,
        products.name,
        products.category,
        products.brand,
        products.family,
        {{ lower_case('products.tier') }} as tier,
        products.unit_cost
    from named
    left join {{ ref('products') }} as products
        on
            named.source = products.source
            and named.product_id = products.product_id
),

-- what orders hold, too, but is no goods
no_goods as (
    {%- for attribute in ['product_id', 'name', 'category', 'family'] %}
    {{ 'union' if not loop.first }}
    select described.product_number
    from described
    inner join {{ ref('not_goods') }} as listed
        on {{ lower_case('described.' ~ attribute) }} = {{ lower_case('trim(listed.value)') }}
    where listed.attribute = {{ literal(attribute) }}
    {%- endfor %}
),

int_products_keyed as (
    select
        described.product_number,
        described.product_key,
        described.source,
        described.product_id,
        case
            when described.category is not null
                then cast(dense_rank() over (order by described.category nulls last) as bigint)
        end as category_number,
        described.category,
        case
            when described.brand is not null
                then cast(dense_rank() over (order by described.brand nulls last) as bigint)
        end as brand_number,
        described.brand,
        described.family,
        described.tier,
        described.unit_cost,
        no_goods.product_number is null as is_goods
    from described
    left join no_goods
        on described.product_number = no_goods.product_number
)

select * from int_products_keyed
