{{ config(materialized='table') }}

{%- set as_of = setting('as_of', 'PATRONAGE_AS_OF') -%}
with sales as (
    select max(order_date) as business_date
    from {{ ref('stg_orders') }}
    union all
    select max(refund_date) as business_date
    from {{ ref('stg_refunds') }}
),

last_sale as (
    select max(business_date) as business_date
    from sales
),

-- who has events after it: a visitor is a device, and nobody and bots are none
later_events as (
    select
        events.event_date,
        case
            when events.anonymous_id is not null
                then 'visitor ' || events.source || ':' || events.anonymous_id
            when events.customer_id is not null
                then 'account ' || {{ account_key('events.customer_id', 'events.source') }}
            when {{ is_actors_email('events.event_type') }}
                then 'email ' || {{ lower_case('events.email') }}
        end as who
    from {{ ref('stg_events') }} as events
    cross join last_sale
    where
        {{ 'false' if as_of else 'true' }}
        and (events.event_date > last_sale.business_date or last_sale.business_date is null)
        and not events.is_bot
),

last_events as (
    select
        who,
        max(event_date) as event_date
    from later_events
    where who is not null
    group by who
),

ranked as (
    select
        event_date,
        row_number() over (order by event_date desc) as place
    from last_events
),

-- the latest day on or after which enough of them do: one device's clock moves nothing
crowded as (
    select max(event_date) as business_date
    from ranked
    where place = {{ number_var('as_of_visitors', 1) }}
),

last_date as (
    select coalesce({{ date_literal(as_of) }}, crowded.business_date, last_sale.business_date) as as_of
    from crowded
    cross join last_sale
),

history as (
    select min(order_date) as history_start
    from {{ ref('stg_orders') }}
    where order_date <= (select max(dates.as_of) from last_date as dates)
),

int_as_of as (
    select
        last_date.as_of,
        history.history_start,
        cast({{ days_from('history.history_start', 'last_date.as_of') }} + 1 as bigint) as history_days
    from last_date
    cross join history
)

select * from int_as_of
