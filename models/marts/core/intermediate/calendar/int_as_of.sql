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

as_of as (
    select coalesce({{ date_literal(as_of) }}, max(business_date)) as as_of
    from business_dates
),

history as (
    select min(order_date) as history_start
    from {{ ref('stg_orders') }}
    where order_date <= (select max(dates.as_of) from as_of as dates)
),

int_as_of as (
    select
        as_of.as_of,
        history.history_start,
        cast({{ days_from('history.history_start', 'as_of.as_of') }} + 1 as bigint) as history_days
    from as_of
    cross join history
)

select * from int_as_of
