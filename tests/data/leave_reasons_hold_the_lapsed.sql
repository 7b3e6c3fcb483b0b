{{ config(enabled=has_subjects(['lifecycle', 'service'])) }}
-- Whoever lapsed in a month has one reason: the customers are the month's lapsed spells, and the shares of
-- the reasons sum to 1.
with lapsed as (
    select
        {{ period_start('month', 'started_on') }} as month_start,
        count(*) as customers
    from {{ ref('lifecycle_spells') }}
    where stage = 'lapsed'
    group by {{ period_start('month', 'started_on') }}
),

reasons as (
    select
        month_start,
        sum(customers) as customers,
        sum(share) as share
    from {{ ref('leave_reasons') }}
    group by month_start
)

select
    coalesce(lapsed.month_start, reasons.month_start) as month_start,
    reasons.share
from lapsed
full outer join reasons
    on lapsed.month_start = reasons.month_start
where
    coalesce(lapsed.customers, 0) <> coalesce(reasons.customers, 0)
    or abs(reasons.share - 1) > 1e-6
