-- of a mature month it is known who ordered within 90 days
with bounds as (
    select
        min(tickets.month_start) as first_month,
        max(dates.as_of) as as_of
    from {{ ref('int_tickets') }} as tickets
    cross join {{ ref('as_of') }} as dates
),

months as (
    select
        months.month_start,
        {{ add_to_date('month', 1, 'months.month_start') }} <= {{ add_to_date('day', -89, 'bounds.as_of') }}
            as is_mature
    from bounds
    cross join {{ months_between('bounds.first_month', 'bounds.as_of') }}
),

int_service_months as (
    select
        month_start,
        is_mature,
        is_mature and row_number() over (
            partition by is_mature
            order by month_start desc
        ) <= {{ number_var('service_months') }} as is_compared
    from months
)

select * from int_service_months
