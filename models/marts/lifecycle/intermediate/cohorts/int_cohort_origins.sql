{#- Where the customers of whom the first order ever is known to be in the data came from: by that order. -#}
with first_orders as (
    select
        order_number,
        customer_number,
        channel,
        country,
        is_left_censored
    from {{ ref('int_valid_orders') }}
    where order_class = 'new'
),

-- what it was about: the goods that cost most of it, as they were ordered
contents as (
    select
        first_orders.order_number,
        products.category_number,
        row_number() over (
            partition by first_orders.order_number
            order by sum(coalesce(products.amount_of_units, 0)) desc, products.category_number asc
        ) as place
    from first_orders
    inner join {{ ref('int_ordered_products') }} as products
        on first_orders.order_number = products.order_number
    where
        products.is_goods
        and products.category_number is not null
    group by
        first_orders.order_number,
        products.category_number
),

categories as (
    select distinct
        category_number,
        category
    from {{ ref('int_products_keyed') }}
    where category_number is not null
),

int_cohort_origins as (
    select
        first_orders.customer_number,
        first_orders.channel,
        coalesce(categories.category, 'unknown') as category,
        coalesce(nullif(first_orders.country, 'unknown'), customers.country, 'unknown') as country,
        first_orders.is_left_censored
    from first_orders
    left join {{ ref('customers') }} as customers
        on first_orders.customer_number = customers.customer_number
    left join contents
        on
            first_orders.order_number = contents.order_number
            and contents.place = 1
    left join categories
        on contents.category_number = categories.category_number
)

select * from int_cohort_origins
