{{ config(enabled=has_subjects(['customer_share'])) }}
-- Every breakdown value has every period, and the days leave no gap up to as_of.
with rows_per_value as (
    select
        period_grain,
        breakdown,
        breakdown_value,
        count(*) as periods
    from {{ ref('new_customer_share') }}
    group by
        period_grain,
        breakdown,
        breakdown_value
),

days as (
    select
        count(*) as day_count,
        {{ days_from('min(period_start)', 'max(period_start)') }} + 1 as expected_day_count,
        max(period_start) as last_day
    from {{ ref('new_customer_share') }}
    where period_grain = 'day'
)

select
    counts.period_grain as failure,
    counts.breakdown_value as detail
from rows_per_value as counts
inner join rows_per_value as totals
    on
        counts.period_grain = totals.period_grain
        and totals.breakdown = 'total'
where counts.periods <> totals.periods
union all
select
    'days' as failure,
    cast(days.day_count as {{ dbt.type_string() }}) as detail
from days
cross join {{ ref('as_of') }} as dates
where
    days.day_count > 0
    and (days.day_count <> days.expected_day_count or days.last_day <> dates.as_of)
