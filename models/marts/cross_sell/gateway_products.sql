with firsts as (
    select
        customer_number,
        first_order_date
    from {{ ref('customers') }}
    where
        orders > 0
        and not is_known_earlier
),

-- what became of each, where enough time has passed to tell
outcomes as (
    select
        firsts.customer_number,
        case
            when {{ add_to_date('day', 180, 'firsts.first_order_date') }} <= max(dates.as_of)
                then bool_or(
                    sales.order_date > firsts.first_order_date
                    and sales.order_date <= {{ add_to_date('day', 180, 'firsts.first_order_date') }}
                )
        end as is_back,
        case
            when {{ add_to_date('day', 364, 'firsts.first_order_date') }} <= max(dates.as_of)
                then sum(sales.net_amount) filter (
                    where sales.order_date < {{ add_to_date('day', 365, 'firsts.first_order_date') }}
                )
        end as net_amount
    from firsts
    inner join {{ ref('int_valid_orders') }} as sales
        on firsts.customer_number = sales.customer_number
    cross join {{ ref('as_of') }} as dates
    group by
        firsts.customer_number,
        firsts.first_order_date
),

first_products as (
    select distinct
        firsts.customer_number,
        products.product_number
    from firsts
    inner join {{ ref('int_ordered_products') }} as products
        on
            firsts.customer_number = products.customer_number
            and firsts.first_order_date = products.order_date
),

totals as (
    select count(*) as customers
    from firsts
),

gateway_products as (
    select
        keyed.product_key,
        count(*) as first_customers,
        {{ share_of('count(*)', 'max(totals.customers)') }} as share_of_first_customers,
        {{ share_of('count(*) filter (where outcomes.is_back)', 'count(outcomes.is_back)') }}
            as repeat_rate_180d,
        round(
            cast(sum(outcomes.net_amount) as double) / nullif(count(outcomes.net_amount), 0), 9
        ) as mean_net_365d,
        count(*) < 30 as is_small
    from first_products
    inner join outcomes
        on first_products.customer_number = outcomes.customer_number
    inner join {{ ref('int_products_keyed') }} as keyed
        on first_products.product_number = keyed.product_number
    cross join totals
    group by keyed.product_key
)

select * from gateway_products
