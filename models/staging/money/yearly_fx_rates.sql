{{ config(materialized='table') }}

-- What is told of a year is converted at its end, or at as_of where that is earlier.
with years as (
    select
        source,
        currency,
        year
    from {{ ref('base_category_spend') }}
    where reject_reason is null
    union
    select
        source,
        currency,
        year
    from {{ ref('base_market_sizes') }}
    where reject_reason is null
),

dated as (
    select
        years.source,
        years.currency,
        years.year,
        least(dates.as_of, cast(years.year || '-12-31' as date)) as business_date
    from years
    cross join {{ ref('int_as_of') }} as dates
),

yearly_fx_rates as (
    select
        dated.source,
        dated.currency,
        dated.year,
        dated.business_date,
        rates.rate
    from dated
    inner join {{ rates_on_dates('dated') }} as rates
        on
            dated.source = rates.source
            and dated.currency = rates.currency
            and dated.business_date = rates.business_date
)

select * from yearly_fx_rates
