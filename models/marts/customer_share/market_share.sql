-- a market without a country is that of all countries, of the unknown one, too
with sales as (
    select
        category,
        country,
        year,
        own_amount
    from {{ ref('int_category_sales') }}
    where country <> 'all'
    union all
    select
        category,
        'all' as country,
        year,
        sum(own_amount) as own_amount
    from {{ ref('int_category_sales') }}
    group by
        category,
        year
),

market_share as (
    select
        sizes.category,
        sizes.country,
        sizes.year,
        cast(coalesce(sales.own_amount, 0) as decimal(18, 4)) as own_amount,
        sizes.market_amount,
        case
            when sizes.is_complete
                then {{ share_of('coalesce(sales.own_amount, 0)', 'sizes.market_amount') }}
        end as market_share
    from {{ ref('int_market_sizes') }} as sizes
    left join sales
        on
            sizes.category = sales.category
            and sizes.country = sales.country
            and sizes.year = sales.year
)

select * from market_share
