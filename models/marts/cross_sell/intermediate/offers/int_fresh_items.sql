{%- set fresh_days = [30, number_var('offer_customer_days', 1)] | min -%}
-- who is not content is asked for nothing more
with discontent as (
    select tickets.customer_number
    from {{ ref('service_tickets') }} as tickets
    inner join {{ ref('as_of') }} as dates
        on {{ is_open_complaint('tickets', 'dates.as_of') }}
    where tickets.customer_number is not null
    union
    select reviews.customer_number
    from {{ ref('int_events') }} as reviews
    inner join {{ ref('as_of') }} as dates
        on reviews.event_date > {{ add_to_date('day', -30, 'dates.as_of') }}
    where
        reviews.event_type = 'product_reviewed'
        and reviews.rating < 3
        and reviews.is_counted
        and reviews.customer_number is not null
),

int_fresh_items as (
    select distinct
        products.customer_number,
        products.product_number
    from {{ ref('int_ordered_products') }} as products
    inner join {{ ref('as_of') }} as dates
        on products.order_date > {{ add_to_date('day', -fresh_days, 'dates.as_of') }}
    left join {{ ref('refunds') }} as refunds
        on products.order_number = refunds.order_number
    left join discontent
        on products.customer_number = discontent.customer_number
    where
        products.is_goods
        and products.customer_number is not null
        and refunds.order_number is null
        and discontent.customer_number is null
)

select * from int_fresh_items
