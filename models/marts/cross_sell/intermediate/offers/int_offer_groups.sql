with dates as (
    select
        {{ add_to_date('day', -number_var('offer_days', 1), 'as_of') }} as sold_after,
        {{ add_to_date('day', -number_var('offer_customer_days', 1), 'as_of') }} as ordered_after
    from {{ ref('as_of') }}
),

buyers as (
    select
        people.customer_number,
        people.country,
        people.last_order_date > dates.sold_after as is_active,
        people.last_order_date > dates.ordered_after as is_asked
    from {{ ref('customers') }} as people
    cross join dates
    where people.orders > 0
),

-- a country with enough customers is a group of its own, and so is none; group 0 is everybody
countries as (
    select
        country,
        row_number() over (order by country nulls first) as group_number
    from buyers
    where is_active
    group by country
    having count(*) >= {{ number_var('offer_group_customers', 1) }}
),

int_offer_groups as (
    select
        buyers.customer_number,
        cast(coalesce(countries.group_number, 0) as bigint) as group_number,
        buyers.is_active,
        buyers.is_asked
    from buyers
    left join countries
        on buyers.country is not distinct from countries.country
)

select * from int_offer_groups
