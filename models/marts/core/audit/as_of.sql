with last_sale as (
    select max(order_date) as last_sale_date
    from {{ ref('orders') }}
    where is_valid
),

as_of as (
    select
        dates.as_of,
        reporting.currency as reporting_currency,
        last_sale.last_sale_date,
        dates.history_start,
        dates.history_days
    from {{ ref('int_as_of') }} as dates
    cross join {{ ref('reporting_currency') }} as reporting
    cross join last_sale
)

select * from as_of
