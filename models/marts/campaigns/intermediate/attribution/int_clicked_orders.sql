-- The last click before an order; of one given as a date alone, up to the day's end.
with clicks as (
    select
        customer_number,
        occurred_at,
        event_date,
        campaign_number
    from {{ ref('int_campaign_events') }}
    where
        campaign_step = 'click'
        and campaign_number is not null
        and customer_number is not null
),

clickers as (
    select distinct customer_number
    from clicks
),

sales as (
    select
        orders.order_number,
        orders.customer_number,
        orders.ordered_at,
        orders.order_date,
        orders.order_hour is null as is_date_alone
    from {{ ref('orders') }} as orders
    inner join clickers
        on orders.customer_number = clickers.customer_number
    where orders.is_valid
),

clocks as (
    select distinct
        customer_number,
        is_date_alone
    from sales
),

-- orders without a time are laid beside the days of clicks, the others beside their times
moments as (
    select
        clicks.customer_number,
        clocks.is_date_alone,
        case
            when clocks.is_date_alone then cast(clicks.event_date as timestamp)
            else clicks.occurred_at
        end as happened_at,
        0 as is_order,
        clicks.occurred_at,
        clicks.campaign_number,
        cast(null as bigint) as order_number,
        cast(null as timestamp) as ends_at
    from clicks
    inner join clocks
        on clicks.customer_number = clocks.customer_number
    union all
    select
        customer_number,
        is_date_alone,
        case when is_date_alone then cast(order_date as timestamp) else ordered_at end as happened_at,
        1 as is_order,
        cast(null as timestamp) as occurred_at,
        cast(null as bigint) as campaign_number,
        order_number,
        case
            when is_date_alone then cast({{ add_to_date('day', 1, 'order_date') }} as timestamp)
            else ordered_at
        end as ends_at
    from sales
),

last_clicks as (
    select
        order_number,
        ends_at,
        {%- set before = 'partition by customer_number, is_date_alone'
            ~ ' order by happened_at, is_order, occurred_at nulls last, campaign_number nulls last, order_number nulls last' %}
        {{ last_known('campaign_number', before) }} as campaign_number,
        {{ last_known('case when is_order = 0 then happened_at end', before) }} as clicked_at
    from moments
),

int_clicked_orders as (
    select
        order_number,
        campaign_number
    from last_clicks
    where
        order_number is not null
        and {{ seconds_between('clicked_at', 'ends_at') }} <= {{ number_var('attribution_days') }} * 86400
)

select * from int_clicked_orders
