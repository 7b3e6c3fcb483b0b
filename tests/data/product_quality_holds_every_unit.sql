{{ config(enabled=has_subjects(['service'])) }}
-- Over all months: the units that were sold, the reviews of products, and the tickets about them, as in core.
with quality as (
    select
        coalesce(sum(units), 0) as units,
        coalesce(sum(reviews), 0) as reviews,
        coalesce(sum(tickets), 0) as tickets
    from {{ ref('product_quality') }}
),

sold as (
    select coalesce(sum(units), 0) as units
    from {{ ref('int_ordered_products') }}
),

reviewed as (
    select count(product_key) as reviews
    from {{ ref('int_product_reviews') }}
),

asked as (
    select count(tickets.product_key) as tickets
    from {{ ref('service_tickets') }} as tickets
    left join {{ ref('customers') }} as people
        on tickets.customer_key = people.customer_key
    where not coalesce(people.is_staff, false)
)

select
    quality.units,
    quality.reviews,
    quality.tickets
from quality
cross join sold
cross join reviewed
cross join asked
where
    quality.units <> sold.units
    or quality.reviews <> reviewed.reviews
    or quality.tickets <> asked.tickets
