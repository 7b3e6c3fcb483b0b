{#- Every day from the earliest order or credit note to as_of: what dense tables stand on. -#}
with first_days as (
    select history_start as first_day
    from {{ ref('as_of') }}
    union all
    select min(refund_date) as first_day
    from {{ ref('refunds') }}
    where is_credit_note
),

bounds as (
    select
        min(first_days.first_day) as first_day,
        max(dates.as_of) as as_of
    from first_days
    cross join {{ ref('as_of') }} as dates
),

int_days as (
    select days.day
    from bounds
    cross join {{ days_between('bounds.first_day', 'bounds.as_of') }}
)

select * from int_days
