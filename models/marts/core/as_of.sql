{%- set as_of = setting('as_of', 'PATRONAGE_AS_OF') -%}
with business_dates as (
    select max(order_date) as business_date
    from {{ ref('stg_orders') }}
    union all
    select max(event_date) as business_date
    from {{ ref('stg_events') }}
    union all
    select max(refund_date) as business_date
    from {{ ref('stg_refunds') }}
),

last_date as (
    select coalesce({{ date_literal(as_of) }}, max(business_date)) as as_of
    from business_dates
),

history as (
    select min(order_date) as history_start
    from {{ ref('stg_orders') }}
    where order_date <= (select max(dates.as_of) from last_date as dates)
),

as_of as (
    select
        last_date.as_of,
        history.history_start,
        cast({{ days_from('history.history_start', 'last_date.as_of') }} + 1 as bigint) as history_days
    from last_date
    cross join history
)

select * from as_of
