-- what each customer spent on a category in a year: the lines' goods
with own_spend as (
    select
        sales.customer_number,
        products.category,
        cast(year(sales.order_date) as bigint) as year,
        sum(bought.amount) as own_amount
    from {{ ref('int_order_products') }} as bought
    inner join {{ ref('int_valid_orders') }} as sales
        on bought.order_row_id = sales.order_number
    inner join {{ ref('products') }} as products
        on
            sales.source = products.source
            and bought.product_id = products.product_id
    where
        sales.customer_number is not null
        and products.category is not null
    group by
        sales.customer_number,
        products.category,
        year(sales.order_date)
),

-- peers: the same country, age band of ten years and household size, unknown being a value of its own
spend as (
    select
        customers.customer_key,
        own_spend.category,
        own_spend.year,
        own_spend.own_amount,
        coalesce(customers.stated_country, '') as peer_country,
        coalesce(floor((own_spend.year - year(customers.birth_date)) / 10.0), -1) as peer_age_band,
        coalesce(customers.stated_household_size, '') as peer_household_size
    from own_spend
    inner join {{ ref('customers') }} as customers
        on own_spend.customer_number = customers.customer_number
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
        spend.customer_key,
        spend.category,
        spend.year,
        'benchmark' as method,
        -- at most 1; null without a benchmark (least() would make 1 of it)
        {%- for share, percentile in {'share_of_wallet': 'p80', 'low': 'p90', 'high': 'p70'}.items() %}
        case
            when spend.own_amount >= benchmarks.{{ percentile }}_amount then cast(1 as double)
            else {{ share_of('spend.own_amount', 'benchmarks.' ~ percentile ~ '_amount') }}
        end as {{ share }},
        {%- endfor %}
        cast(spend.own_amount as decimal(18, 4)) as own_amount,
        cast(null as decimal(18, 4)) as category_amount
    from spend
    left join benchmarks
        on
            spend.category = benchmarks.category
            and spend.year = benchmarks.year
            and spend.peer_country = benchmarks.peer_country
            and spend.peer_age_band = benchmarks.peer_age_band
            and spend.peer_household_size = benchmarks.peer_household_size
)

select * from share_of_wallet
