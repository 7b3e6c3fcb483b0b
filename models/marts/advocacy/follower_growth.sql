with months as (
    select
        *,
        lag(followers) over (partition by channel order by month_start) as previous_followers
    from {{ ref('int_follower_months') }}
),

follower_growth as (
    select
        channel,
        month_start,
        cast(followers as decimal(18, 4)) as followers,
        counted_on,
        cast(previous_followers as decimal(18, 4)) as previous_followers,
        case
            when is_counted
                then {{ share_of('followers - previous_followers', 'previous_followers') }}
        end as growth,
        cast(posts as decimal(18, 4)) as posts
    from months
)

select * from follower_growth
