with first_orders as (
    select
        customer_number,
        min(case when order_hour is not null then ordered_at end) as first_ordered_at,
        min(case when order_hour is null then order_date end) as first_day
    from {{ ref('orders') }}
    where
        is_valid
        and customer_number is not null
    group by customer_number
),

visits as (
    select
        sessions.session_number,
        {{ period_start('month', 'sessions.session_date') }} as month_start,
        case
            when sessions.customer_number is null then 'unknown'
            when first_orders.first_ordered_at < sessions.started_at then 'buyer'
            when first_orders.first_day < sessions.session_date then 'buyer'
            else 'known'
        end as visitor_class
    from {{ ref('sessions') }} as sessions
    left join {{ ref('customers') }} as people
        on sessions.customer_number = people.customer_number
    left join first_orders
        on sessions.customer_number = first_orders.customer_number
    where not coalesce(people.is_staff, false)
),

-- of a visitor whom nothing identifies there is only what the tracker says
completed as (
    select
        sessions.session_number,
        count(*) as orders
    from {{ ref('int_events') }} as events
    inner join {{ ref('int_event_sessions') }} as sessions
        on events.event_number = sessions.event_number
    where
        events.event_type = 'order_completed'
        and events.customer_number is null
    group by sessions.session_number
),

-- an order that two devices' visits share is one
made as (
    select distinct
        visits.month_start,
        visits.visitor_class,
        orders.order_number,
        orders.visits_before
    from visits
    inner join {{ ref('int_visit_orders') }} as orders
        on visits.session_number = orders.session_number
),

made_orders as (
    select
        month_start,
        visitor_class,
        count(*) as orders,
        {{ quantile(0.5, 'visits_before') }} as median_visits
    from made
    group by
        month_start,
        visitor_class
),

converting as (
    select session_number
    from {{ ref('int_visit_orders') }}
    union
    select session_number
    from completed
),

counted as (
    select
        visits.month_start,
        visits.visitor_class,
        count(*) as sessions,
        count(converting.session_number) as converting_sessions,
        coalesce(sum(completed.orders), 0) as completed_orders
    from visits
    left join converting
        on visits.session_number = converting.session_number
    left join completed
        on visits.session_number = completed.session_number
    group by
        visits.month_start,
        visits.visitor_class
),

visit_conversion as (
    select
        counted.month_start,
        counted.visitor_class,
        counted.sessions,
        counted.converting_sessions,
        {{ share_of('counted.converting_sessions', 'counted.sessions') }} as conversion_rate,
        cast(coalesce(made_orders.orders, counted.completed_orders) as bigint) as orders,
        made_orders.median_visits as median_visits_before_order
    from counted
    left join made_orders
        on
            counted.month_start = made_orders.month_start
            and counted.visitor_class = made_orders.visitor_class
)

select * from visit_conversion
