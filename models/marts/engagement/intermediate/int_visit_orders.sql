-- How many visits began in the 30 days up to each order: one sort of both, whoever has how many of them.
with moments as (
    select
        customer_number,
        cast(null as bigint) as order_number,
        started_at as happened_at,
        1 as visits
    from {{ ref('sessions') }}
    where customer_number is not null
    union all
    select
        customer_number,
        order_number,
        ordered_at as happened_at,
        0 as visits
    from {{ ref('orders') }}
    where
        is_valid
        and customer_number is not null
),

counted as (
    select
        customer_number,
        order_number,
        happened_at as ordered_at,
        cast(happened_at as date) as ordered_day,
        cast(sum(visits) over (
            partition by customer_number
            order by happened_at
            range between interval '30' day preceding and current row
        ) as bigint) as visits_before
    from moments
),

orders as (
    select *
    from counted
    where order_number is not null
),

-- An order is looked for in its own day's visits alone: some customers have thousands of both.
visits as (
    select
        sessions.session_number,
        sessions.customer_number,
        sessions.started_at,
        sessions.ended_at,
        days.day
    from {{ ref('sessions') }} as sessions
    cross join {{ days_between(
        'cast(sessions.started_at as date)',
        'cast(' ~ dbt.dateadd('minute', 30, 'sessions.ended_at') ~ ' as date)'
    ) }}
    where sessions.customer_number is not null
),

int_visit_orders as (
    select
        visits.session_number,
        orders.order_number,
        orders.visits_before
    from orders
    inner join visits
        on
            orders.customer_number = visits.customer_number
            and orders.ordered_day = visits.day
            and orders.ordered_at >= visits.started_at
            and orders.ordered_at <= {{ dbt.dateadd('minute', 30, 'visits.ended_at') }}
)

select * from int_visit_orders
