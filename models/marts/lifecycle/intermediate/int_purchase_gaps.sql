{%- set at_risk_share, lapsed_share = 0.8, 0.95 -%}
{%- set longest = 365 -%}
-- a year, or half of a shorter history
with follow_up as (
    select
        as_of,
        cast(
            case
                when history_days >= {{ 2 * longest }} then {{ longest }}
                else floor(history_days / 2)
            end as bigint
        ) as follow_up_days
    from {{ ref('as_of') }}
),

every_gap as (
    select
        days.customer_number,
        case when days.day_number = 1 then 'first' else 'repeat' end as purchase,
        {{ days_from('days.order_date', 'days.next_order_date') }} as gap_days,
        {{ days_from('days.order_date', 'follow_up.as_of') }} as days_seen,
        follow_up.follow_up_days
    from {{ ref('int_order_days') }} as days
    cross join follow_up
    where days.next_order_date is not null
),

-- everyone counted had the whole follow-up to return in
gaps as (
    select
        customer_number,
        purchase,
        gap_days
    from every_gap
    where
        days_seen >= follow_up_days
        and gap_days <= follow_up_days
),

-- these cannot count, however many they are: they show what the history is too short for
longer as (
    select
        purchase,
        count(*) as longer_gaps
    from every_gap
    where gap_days > follow_up_days
    group by purchase
),

-- a customer's gaps of a class weigh 1 together, or frequent buyers would decide
weights as (
    select
        purchase,
        gap_days,
        cast(1 as double) / count(*) over (partition by customer_number, purchase) as weight
    from gaps
),

returns as (
    select
        purchase,
        gap_days,
        sum(gaps) over (partition by purchase) as gaps,
        round(
            cast(sum(weight) over (partition by purchase order by gap_days) as double)
            / cast(sum(weight) over (partition by purchase) as double), 9
        ) as returned_share
    from (
        select
            purchase,
            gap_days,
            count(*) as gaps,
            sum({{ exact('weight') }}) as weight
        from weights
        group by
            purchase,
            gap_days
    ) as by_days
),

int_purchase_gaps as (
    select
        classes.purchase,
        max(follow_up.follow_up_days) as follow_up_days,
        coalesce(max(returns.gaps), 0) as gaps,
        coalesce(max(longer.longer_gaps), 0) as longer_gaps,
        min(returns.gap_days) filter (where returns.returned_share >= {{ at_risk_share }})
            as at_risk_after_days,
        min(returns.gap_days) filter (where returns.returned_share >= {{ lapsed_share }})
            as lapsed_after_days
    from {{ ref('lifecycle_default_thresholds') }} as classes
    cross join follow_up
    left join returns
        on classes.purchase = returns.purchase
    left join longer
        on classes.purchase = longer.purchase
    group by classes.purchase
)

select * from int_purchase_gaps
