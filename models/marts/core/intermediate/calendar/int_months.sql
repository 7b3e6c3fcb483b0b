{#- Every month of the history with the window of twelve months that ends with it. -#}
with months as (
    select distinct {{ period_start('month', 'day') }} as month_start
    from {{ ref('int_days') }}
),

-- a month ends, exclusive, at the next one's start, the last one at the day after as_of
ends as (
    select
        months.month_start,
        least(
            {{ add_to_date('month', 1, 'months.month_start') }},
            {{ add_to_date('day', 1, 'dates.as_of') }}
        ) as window_end
    from months
    cross join {{ ref('as_of') }} as dates
),

int_months as (
    select
        month_start,
        window_end,
        {{ add_to_date('month', -12, 'window_end') }} as window_start
    from ends
)

select * from int_months
