{%- set most_orders = number_var('affinity_max_orders', 1) -%}
-- Of a large shop a fixed part says what goes with what: whole customers, and of nobody's orders single ones.
with recent as (
    select count(*) as orders
    from {{ ref('int_valid_orders') }} as sales
    inner join {{ ref('as_of') }} as dates
        on sales.order_date > {{ add_to_date('day', -number_var('affinity_days', 1), 'dates.as_of') }}
),

sales as (
    select
        orders.order_number,
        orders.customer_number,
        orders.source,
        orders.order_date,
        case
            when recent.orders <= {{ most_orders }} then true
            else
                {{ hash_share('coalesce(orders.customer_key, orders.order_key)') }}
                < {{ most_orders }} / cast(recent.orders as double)
        end as is_sampled
    from {{ ref('orders') }} as orders
    cross join recent
    where orders.is_valid
),

int_ordered_products as (
    select
        sales.order_number,
        sales.customer_number,
        sales.order_date,
        sales.is_sampled,
        keyed.product_number,
        keyed.category_number,
        keyed.brand_number,
        keyed.is_goods,
        products.units,
        products.amount_of_units
    from {{ ref('int_order_products') }} as products
    inner join sales
        on products.order_row_id = sales.order_number
    inner join {{ ref('int_products_keyed') }} as keyed
        on
            sales.source = keyed.source
            and products.product_id = keyed.product_id
    where products.units > 0
)

select * from int_ordered_products
