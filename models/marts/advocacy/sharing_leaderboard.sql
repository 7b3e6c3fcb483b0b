-- a part of all shares of the month, those of visitors whom nobody knows among them, as in word_of_mouth
with months as (
    select
        month_start,
        sum(shares) as shares
    from {{ ref('int_shares_and_nps_answers') }}
    group by month_start
),

sharing_leaderboard as (
    select
        sharers.month_start,
        people.customer_key,
        sharers.shares,
        {{ share_of('sharers.shares', 'months.shares') }} as share_of_shares,
        cast(
            rank() over (
                partition by sharers.month_start
                order by sharers.shares desc
            ) as bigint
        ) as sharing_rank,
        sharers.points,
        sharers.views
    from {{ ref('int_sharers') }} as sharers
    inner join {{ ref('customers') }} as people
        on sharers.customer_number = people.customer_number
    left join months
        on sharers.month_start = months.month_start
)

select * from sharing_leaderboard
