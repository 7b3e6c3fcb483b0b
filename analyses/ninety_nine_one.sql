{{ config(enabled=has_subjects(['advocacy'])) }}
-- Do customers speak as users of online communities do: of a hundred one speaks, nine join in, ninety lurk?
-- Read the gap as a comparison, not as a quota; the standard error tells how much of it may be chance.
with today as (
    select
        tier,
        customers,
        sum(customers) over () as all_customers,
        share,
        benchmark_share,
        gap
    from {{ ref('advocacy_tier_summary') }}
    where month_start = (select max(months.month_start) from {{ ref('advocacy_tier_summary') }} as months)
)

select
    tier,
    customers,
    share,
    benchmark_share,
    gap,
    round(sqrt(benchmark_share * (1 - benchmark_share) / nullif(all_customers, 0)), 6) as standard_error,
    round(share / benchmark_share, 2) as times_benchmark
from today
order by benchmark_share
