{%- set month_start = period_start('month', 'event_date') -%}
-- people whom the shop knows; events beyond a day's cap are counted, but give no points
with days as (
    select
        customer_number,
        event_date,
        count(*) as shares
    from {{ ref('int_events') }}
    where
        event_type = 'product_shared'
        and is_counted
        and customer_number is not null
    group by
        customer_number,
        event_date
),

worth as (
    select
        max(engagement_points) as points,
        max(daily_cap) as daily_cap
    from {{ ref('event_points') }}
    where event_type = 'product_shared'
),

sharers as (
    select
        {{ month_start }} as month_start,
        days.customer_number,
        sum(days.shares) as shares,
        sum(least(days.shares, coalesce(worth.daily_cap, days.shares)) * coalesce(worth.points, 0)) as points
    from days
    cross join worth
    group by
        {{ month_start }},
        days.customer_number
),

views as (
    select
        {{ month_start }} as month_start,
        customer_number,
        count(*) as views
    from {{ ref('int_share_views') }}
    group by
        {{ month_start }},
        customer_number
),

int_sharers as (
    select
        sharers.month_start,
        sharers.customer_number,
        cast(sharers.shares as bigint) as shares,
        cast(sharers.points as bigint) as points,
        coalesce(views.views, 0) as views
    from sharers
    left join views
        on
            sharers.month_start = views.month_start
            and sharers.customer_number = views.customer_number
)

select * from int_sharers
