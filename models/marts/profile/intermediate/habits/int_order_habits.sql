{%- set habits = {
    'channel': {'column': 'channel', 'type': dbt.type_string()},
    'weekday': {'column': 'weekday', 'type': 'bigint'},
    'daypart': {'column': 'from_hour', 'type': 'bigint'},
} -%}
with dayparts as (
    select
        daypart,
        from_hour,
        coalesce(lead(from_hour) over (order by from_hour), 24) as until_hour,
        min(from_hour) over () as first_hour,
        max(from_hour) over () as last_hour
    from {{ ref('dayparts') }}
),

orders as (
    select
        orders.customer_number,
        orders.order_date,
        orders.channel,
        orders.weekday,
        dayparts.from_hour,
        orders.is_in_last_365_days
    from {{ ref('int_recent_orders') }} as orders
    -- the hours before the first part of the day belong to the last
    left join dayparts
        on
            (orders.order_hour >= dayparts.from_hour and orders.order_hour < dayparts.until_hour)
            or (orders.order_hour < dayparts.first_hour and dayparts.from_hour = dayparts.last_hour)
    where orders.customer_number is not null
),

order_days as (
    select
        customer_number,
        count(distinct order_date) as order_days_12m
    from orders
    group by customer_number
),

{%- for habit, values in habits.items() %}
{{ habit }}_counts as (
    select
        customer_number,
        {{ values.column }} as value,
        count(*) as orders,
        sum(count(*)) over (partition by customer_number) as all_orders
    from orders
    where
        is_in_last_365_days
        and {{ values.column }} is not null
    group by
        customer_number,
        {{ values.column }}
),

most_frequent_{{ habit }} as (
    select *
    from {{ habit }}_counts
    qualify row_number() over (
        partition by customer_number
        order by orders desc, value asc
    ) = 1
),
{%- endfor %}

int_order_habits as (
    select
        days.customer_number,
        days.order_days_12m,
        {{ preference('channels.value', 'channels.orders', 'channels.all_orders') }} as channel_preference,
        case when weekdays.all_orders >= 3 then weekdays.value end as favourite_weekday,
        case when hours.all_orders >= 3 then dayparts.daypart end as favourite_daypart
    from order_days as days
    left join most_frequent_channel as channels
        on days.customer_number = channels.customer_number
    left join most_frequent_weekday as weekdays
        on days.customer_number = weekdays.customer_number
    left join most_frequent_daypart as hours
        on days.customer_number = hours.customer_number
    left join dayparts
        on hours.value = dayparts.from_hour
)

select * from int_order_habits
