-- peers: the same country, age band of ten years and household size, unknown being a value of its own
with spend as (
    select
        own_spend.customer_number,
        own_spend.category,
        own_spend.year,
        own_spend.own_amount,
        coalesce(customers.stated_country, '') as peer_country,
        coalesce(floor((own_spend.year - year(customers.birth_date)) / 10.0), -1) as peer_age_band,
        coalesce(customers.stated_household_size, '') as peer_household_size
    from {{ ref('int_own_spend') }} as own_spend
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

estimates as (
    select
        spend.customer_number,
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
        spend.own_amount,
        cast(null as decimal(18, 4)) as category_amount
    from spend
    left join benchmarks
        on
            spend.category = benchmarks.category
            and spend.year = benchmarks.year
            and spend.peer_country = benchmarks.peer_country
            and spend.peer_age_band = benchmarks.peer_age_band
            and spend.peer_household_size = benchmarks.peer_household_size
    union all
    select
        customer_number,
        category,
        year,
        method,
        share_of_wallet,
        share_of_wallet as low,
        share_of_wallet as high,
        own_amount,
        category_amount
    from {{ ref('int_stated_shares') }}
),

share_of_wallet as (
    select
        customers.customer_key,
        estimates.category,
        estimates.year,
        estimates.method,
        estimates.share_of_wallet,
        estimates.low,
        estimates.high,
        cast(estimates.own_amount as decimal(18, 4)) as own_amount,
        estimates.category_amount
    from estimates
    inner join {{ ref('customers') }} as customers
        on estimates.customer_number = customers.customer_number
)

select * from share_of_wallet
