{#- The days, weeks, months, quarters and years that dense tables stand on. -#}
with first_days as (
    select history_start as first_day
    from {{ ref('int_as_of') }}
    union all
    select min(refund_date) as first_day
    from {{ ref('int_refunds') }}
    where is_credit_note
),

bounds as (
    select
        min(first_days.first_day) as first_day,
        max(dates.as_of) as as_of
    from first_days
    cross join {{ ref('int_as_of') }} as dates
),

days as (
    select days.day
    from bounds
    cross join {{ days_between('bounds.first_day', 'bounds.as_of') }}
),

-- the last period of each grain ends with as_of: the day after its end begins another one, or it is not over
periods as (
    {%- for grain in ['day', 'week', 'month', 'quarter', 'year'] %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(grain) }} as period_grain,
        {{ period_start(grain, 'day') }} as period_start,
        max(day) as period_end,
        {{ period_start(grain, add_to_date('day', 1, 'max(day)')) }}
        <> {{ period_start(grain, 'day') }} as is_complete
    from days
    group by {{ period_start(grain, 'day') }}
    {%- endfor %}
),

int_periods as (
    select
        period_grain,
        period_start,
        period_end,
        {{ add_to_date('month', -12, add_to_date('day', 1, 'period_end')) }} as window_start,
        is_complete
    from periods
)

select * from int_periods
