with follow_up as (
    select
        as_of,
        {{ follow_up_days('history_days') }} as follow_up_days
    from {{ ref('as_of') }}
),

-- everyone counted had the whole follow-up to return in
gaps as (
    select
        days.customer_number,
        case when days.day_number = 1 then 'first' else 'repeat' end as purchase,
        {{ days_from('days.order_date', 'days.next_order_date') }} as gap_days
    from {{ ref('int_order_days') }} as days
    cross join follow_up
    where
        {{ days_from('days.order_date', 'follow_up.as_of') }} >= follow_up.follow_up_days
        and {{ days_from('days.order_date', 'days.next_order_date') }} <= follow_up.follow_up_days
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
        purchase,
        max(gaps) as gaps,
        min(gap_days) filter (where returned_share >= 0.8) as at_risk_after_days,
        min(gap_days) filter (where returned_share >= 0.95) as lapsed_after_days
    from returns
    group by purchase
)

select * from int_purchase_gaps
