-- What people said of all shops together: how much they spend there, and the shop's place among their brands.
with stated as (
    select
        spend.*,
        cast(coalesce(own_spend.own_amount, 0) as decimal(18, 4)) as own_amount,
        {{ is_year_over('spend.year', 'dates.as_of') }} as is_complete
    from {{ ref('int_category_spend') }} as spend
    cross join {{ ref('as_of') }} as dates
    left join {{ ref('int_own_spend') }} as own_spend
        on
            spend.customer_number = own_spend.customer_number
            and spend.category = own_spend.category
            and spend.year = own_spend.year
),

-- the rank's share is that of the Wallet Allocation Rule (Keiningham and others, 2011)
int_stated_shares as (
    select
        customer_number,
        category,
        year,
        'observed' as method,
        case
            when own_amount >= total_amount then cast(1 as double)
            else {{ share_of('own_amount', 'total_amount') }}
        end as share_of_wallet,
        own_amount,
        total_amount as category_amount
    from stated
    where
        is_complete
        and total_amount > 0
    union all
    select
        customer_number,
        category,
        year,
        'rank' as method,
        round(
            (1 - cast(own_rank as double) / (cast(brands as double) + 1)) * 2 / cast(brands as double), 9
        ) as share_of_wallet,
        own_amount,
        cast(null as decimal(18, 4)) as category_amount
    from stated
    where own_rank is not null
)

select * from int_stated_shares
