-- dense from an account's first count on: a month without a count has the followers of the last one
with counted as (
    select
        source,
        channel,
        {{ period_start('month', 'counted_on') }} as month_start,
        max(counted_on) as counted_on,
        max_by(followers, counted_on) as followers,
        sum(posts) as posts
    from {{ ref('int_follower_counts') }}
    group by
        source,
        channel,
        {{ period_start('month', 'counted_on') }}
),

spans as (
    select
        *,
        coalesce(
            lead(month_start) over (partition by source, channel order by month_start), date '9999-12-31'
        ) as until_month
    from counted
),

bounds as (
    select
        min(spans.month_start) as first_month,
        max(dates.as_of) as as_of
    from spans
    cross join {{ ref('as_of') }} as dates
),

int_follower_months as (
    select
        spans.channel,
        months.month_start,
        sum(spans.followers) as followers,
        max(spans.counted_on) as counted_on,
        count(*) filter (where spans.month_start = months.month_start) > 0 as is_counted,
        sum(spans.posts) filter (where spans.month_start = months.month_start) as posts
    from bounds
    cross join {{ months_between('bounds.first_month', 'bounds.as_of') }}
    inner join spans
        on
            months.month_start >= spans.month_start
            and months.month_start < spans.until_month
    group by
        spans.channel,
        months.month_start
)

select * from int_follower_months
