-- what each customer spent on a category in a year: the lines' goods
with own_spend as (
    select
        sales.customer_number,
        staged.category,
        cast(year(sales.order_date) as bigint) as year,
        sum(products.amount) as own_amount
    from {{ ref('int_order_products') }} as products
    inner join {{ ref('int_valid_orders') }} as sales
        on products.order_row_id = sales.order_row_id
    inner join {{ ref('stg_products') }} as staged
        on
            sales.source = staged.source
            and products.product_id = staged.product_id
    where
        sales.customer_number is not null
        and staged.category is not null
    group by
        sales.customer_number,
        staged.category,
        year(sales.order_date)
),

-- peers: the same country, age band of ten years and household size, unknown being a value of its own
spend as (
    select
        own_spend.customer_number,
        own_spend.category,
        own_spend.year,
        own_spend.own_amount,
        coalesce(attributes.country, '') as peer_country,
        coalesce(floor((own_spend.year - year(attributes.birth_date)) / 10.0), -1) as peer_age_band,
        coalesce(attributes.household_size, '') as peer_household_size
    from own_spend
    left join {{ ref('int_customer_attributes') }} as attributes
        on own_spend.customer_number = attributes.customer_number
),

benchmarks as (
    select
        category,
        year,
        peer_country,
        peer_age_band,
        peer_household_size,
        {{ quantile(0.7, 'own_amount') }} as p70_amount,
        {{ quantile(0.8, 'own_amount') }} as p80_amount,
        {{ quantile(0.9, 'own_amount') }} as p90_amount
    from spend
    where own_amount > 0
    group by
        category,
        year,
        peer_country,
        peer_age_band,
        peer_household_size
),

share_of_wallet as (
    select
        people.customer_key,
        spend.category,
        spend.year,
        'benchmark' as method,
        cast(spend.own_amount as decimal(18, 4)) as own_amount,
        cast(null as decimal(18, 4)) as category_amount,
        {{ capped_share('spend.own_amount', 'benchmarks.p80_amount') }} as share_of_wallet,
        {{ capped_share('spend.own_amount', 'benchmarks.p90_amount') }} as low,
        {{ capped_share('spend.own_amount', 'benchmarks.p70_amount') }} as high
    from spend
    inner join {{ ref('int_customers_keyed') }} as people
        on spend.customer_number = people.customer_number
    left join benchmarks
        on
            spend.category = benchmarks.category
            and spend.year = benchmarks.year
            and spend.peer_country = benchmarks.peer_country
            and spend.peer_age_band = benchmarks.peer_age_band
            and spend.peer_household_size = benchmarks.peer_household_size
)

select * from share_of_wallet
