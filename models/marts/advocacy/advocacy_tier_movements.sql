with stocks as (
    select
        month_start,
        tier,
        customers,
        lag(customers) over (
            partition by tier
            order by month_start
        ) as previous_customers
    from {{ ref('advocacy_tier_summary') }}
),

changes as (
    select
        month_start,
        from_tier,
        to_tier,
        count(*) as customers
    from {{ ref('int_tier_changes') }}
    group by
        month_start,
        from_tier,
        to_tier
),

leavers as (
    select
        month_start,
        from_tier,
        sum(customers) as customers
    from changes
    group by
        month_start,
        from_tier
),

from_tiers as (
    select distinct
        month_start,
        tier as from_tier
    from {{ ref('advocacy_tier_summary') }}
    union all
    select distinct
        month_start,
        'none' as from_tier
    from {{ ref('advocacy_tier_summary') }}
),

-- who did not change is a tier's stock of the month before less those who left it
ways as (
    select
        from_tiers.month_start,
        from_tiers.from_tier,
        stocks.tier as to_tier,
        cast(
            case
                when from_tiers.from_tier = stocks.tier
                    then coalesce(stocks.previous_customers, 0) - coalesce(leavers.customers, 0)
                else coalesce(changes.customers, 0)
            end as bigint
        ) as customers
    from from_tiers
    inner join stocks
        on from_tiers.month_start = stocks.month_start
    left join changes
        on
            from_tiers.month_start = changes.month_start
            and from_tiers.from_tier = changes.from_tier
            and stocks.tier = changes.to_tier
    left join leavers
        on
            from_tiers.month_start = leavers.month_start
            and from_tiers.from_tier = leavers.from_tier
),

advocacy_tier_movements as (
    select
        month_start,
        from_tier,
        to_tier,
        customers
    from ways
    where customers > 0
)

select * from advocacy_tier_movements
