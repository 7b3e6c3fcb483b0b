-- A market is the same for all sources: of what they say of it the latest counts.
with int_market_sizes as (
    select
        staged.category,
        coalesce(staged.country, 'all') as country,
        cast(staged.year as bigint) as year,
        {{ convert_amount('staged.amount', 'staged.rate') }} as market_amount,
        {{ is_year_over('cast(staged.year as bigint)', 'dates.as_of') }} as is_complete
    from {{ ref('stg_market_sizes') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on cast(staged.year as bigint) <= year(dates.as_of)
    qualify row_number() over (
        partition by staged.category, coalesce(staged.country, 'all'), staged.year
        order by
            staged._loaded_at desc nulls last,
            staged.amount desc nulls last,
            staged.country desc nulls last,
            staged.currency desc nulls last,
            staged.source asc
    ) = 1
)

select * from int_market_sizes
