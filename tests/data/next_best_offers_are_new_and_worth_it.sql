{{ config(enabled=has_subjects(['cross_sell'])) }}
-- Nobody is offered what they hold, what is no goods or what is sold at a loss; and ranks have no gap.
with held as (
    select distinct
        customers.customer_key,
        lines.product_key
    from {{ ref('order_lines') }} as lines
    inner join {{ ref('customers') }} as customers
        on lines.customer_number = customers.customer_number
    where
        lines.is_valid
        and lines.quantity > 0
),

numbered as (
    select
        *,
        count(*) over (partition by customer_key) as offers_of_customer,
        max(offer_rank) over (partition by customer_key) as last_rank
    from {{ ref('next_best_offers') }}
),

listed as (
    select
        products.product_key,
        bool_or(listed.value is not null) as is_listed,
        max(products.unit_cost) as unit_cost
    from {{ ref('products') }} as products
    left join {{ ref('not_goods') }} as listed
        on
            (listed.attribute = 'name' and lower(products.name) = lower(trim(listed.value)))
            or (listed.attribute = 'category' and lower(products.category) = lower(trim(listed.value)))
    group by products.product_key
)

select
    offers.customer_key,
    offers.offer_rank,
    offers.product_key
from numbered as offers
left join held
    on
        offers.customer_key = held.customer_key
        and offers.product_key = held.product_key
left join listed
    on offers.product_key = listed.product_key
where
    held.product_key is not null
    or listed.is_listed
    or offers.mean_unit_amount <= listed.unit_cost
    or offers.last_rank <> offers.offers_of_customer
