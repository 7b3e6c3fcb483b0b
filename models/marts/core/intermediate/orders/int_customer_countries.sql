-- where the customers file does not say it: the country of the latest valid order that has one
with order_countries as (
    select
        places.customer_number,
        max_by(orders.country, places.order_sequence) as country
    from {{ ref('int_order_sequences') }} as places
    inner join {{ ref('stg_orders') }} as orders
        on places.order_number = orders.row_id
    where
        places.order_sequence is not null
        and orders.country is not null
    group by places.customer_number
),

int_customer_countries as (
    select
        people.customer_number,
        coalesce(attributes.country, order_countries.country) as country
    from {{ ref('int_customers_keyed') }} as people
    left join {{ ref('int_customer_attributes') }} as attributes
        on people.customer_key = attributes.customer_key
    left join order_countries
        on people.customer_number = order_countries.customer_number
    where coalesce(attributes.country, order_countries.country) is not null
)

select * from int_customer_countries
