-- What follows a first is compared with what follows other firsts, at like dates of like customers: against
-- newcomers' first days, season and activity would decide.
with dates as (
    select
        {{ add_to_date('day', -90, 'as_of') }} as firsts_until,
        {{ add_to_date('day', -90 - number_var('affinity_days', 1), 'as_of') }} as firsts_after
    from {{ ref('as_of') }}
),

days as (
    {%- for item_level in ['product', 'category'] %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(item_level) }} as item_level,
        products.customer_number,
        products.order_date,
        items.item_number
    from {{ ref('int_ordered_products') }} as products
    inner join {{ ref('int_basket_items') }} as items
        on
            products.{{ item_level }}_number = items.item_number
            and items.item_level = {{ literal(item_level) }}
            and items.is_followed
    where
        products.is_goods
        and products.is_sampled
        and products.customer_number is not null
    group by
        products.customer_number,
        products.order_date,
        items.item_number
    {%- endfor %}
),

firsts as (
    select
        days.item_level,
        days.customer_number,
        days.item_number,
        min(days.order_date) as first_date
    from days
    group by
        days.item_level,
        days.customer_number,
        days.item_number
),

occasions as (
    select
        firsts.item_level,
        firsts.customer_number,
        firsts.first_date
    from firsts
    inner join dates
        on
            firsts.first_date > dates.firsts_after
            and firsts.first_date <= dates.firsts_until
    group by
        firsts.item_level,
        firsts.customer_number,
        firsts.first_date
),

int_follow_ups as (
    select
        occasions.item_level,
        occasions.customer_number,
        occasions.first_date,
        firsts.item_number,
        true as is_first
    from occasions
    inner join firsts
        on
            occasions.item_level = firsts.item_level
            and occasions.customer_number = firsts.customer_number
            and occasions.first_date = firsts.first_date
    union all
    select
        occasions.item_level,
        occasions.customer_number,
        occasions.first_date,
        days.item_number,
        false as is_first
    from occasions
    inner join days
        on
            occasions.item_level = days.item_level
            and occasions.customer_number = days.customer_number
            and occasions.first_date < days.order_date
            and {{ add_to_date('day', 90, 'occasions.first_date') }} >= days.order_date
    group by
        occasions.item_level,
        occasions.customer_number,
        occasions.first_date,
        days.item_number
)

select * from int_follow_ups
