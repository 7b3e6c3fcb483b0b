-- An order is looked for in its own day's visits alone: some customers have thousands of both. One without
-- a time is in none.
with visits as (
    select
        sessions.session_number,
        sessions.customer_number,
        sessions.started_at,
        {{ dbt.dateadd('minute', 30, 'sessions.ended_at') }} as open_until,
        days.day
    from {{ ref('sessions') }} as sessions
    cross join {{ days_between(
        'cast(sessions.started_at as date)',
        'cast(' ~ dbt.dateadd('minute', 30, 'sessions.ended_at') ~ ' as date)'
    ) }}
    where sessions.customer_number is not null
),

-- What came of visits, and all visits: how many began in the 30 days up to each order is one sort of both.
moments as (
    select
        visits.customer_number,
        visits.session_number,
        orders.order_number,
        orders.ordered_at as happened_at,
        0 as visits
    from {{ ref('orders') }} as orders
    inner join visits
        on
            orders.customer_number = visits.customer_number
            and cast(orders.ordered_at as date) = visits.day
            and orders.ordered_at >= visits.started_at
            and orders.ordered_at <= visits.open_until
    where
        orders.is_valid
        and orders.order_hour is not null
    union all
    select
        customer_number,
        session_number,
        cast(null as bigint) as order_number,
        started_at as happened_at,
        1 as visits
    from {{ ref('sessions') }}
    where customer_number is not null
),

counted as (
    select
        session_number,
        order_number,
        cast(sum(visits) over (
            partition by customer_number
            order by happened_at
            range between interval '30' day preceding and current row
        ) as bigint) as visits_before
    from moments
),

int_visit_orders as (
    select *
    from counted
    where order_number is not null
)

select * from int_visit_orders
