{{ config(enabled=has_subjects(['advocacy'])) }}
-- Each month has three tiers with all customers who had ordered by its end; the last is the tiers of today.
with months as (
    select
        month_start,
        count(*) as tiers,
        sum(customers) as customers,
        sum(share) as share
    from {{ ref('advocacy_tier_summary') }}
    group by month_start
),

expected as (
    select
        months.month_start,
        count(*) filter (
            where customers.first_order_date < {{ add_to_date('month', 1, 'months.month_start') }}
        ) as customers
    from months
    cross join {{ ref('customers') }} as customers
    group by months.month_start
),

last_month as (
    select
        tier,
        customers
    from {{ ref('advocacy_tier_summary') }}
    where month_start = (select max(months.month_start) from months)
),

tiers as (
    select
        tier,
        count(*) as customers
    from {{ ref('advocacy_tiers') }}
    group by tier
)

select
    'month' as failure,
    cast(months.month_start as {{ dbt.type_string() }}) as detail
from months
left join expected
    on months.month_start = expected.month_start
where
    months.tiers <> 3
    or months.customers <> coalesce(expected.customers, 0)
    or abs(months.share - 1) > 0.000001
union all
select
    'last month' as failure,
    last_month.tier as detail
from last_month
left join tiers
    on last_month.tier = tiers.tier
where last_month.customers <> coalesce(tiers.customers, 0)
