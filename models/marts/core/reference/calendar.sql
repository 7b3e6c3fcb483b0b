{%- set weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] -%}
with days as (
    select
        days.day,
        dates.as_of
    from {{ ref('int_as_of') }} as dates
    cross join {{ days_between('dates.history_start', dbt.last_day('dates.as_of', 'month')) }}
),

numbered as (
    select
        *,
        {{ period_start('week', 'day') }} as week_start,
        {{ days_from(period_start('week', 'day'), 'day') }} + 1 as weekday_number
    from days
),

calendar as (
    select
        day as calendar_date,
        week_start,
        {{ period_start('month', 'day') }} as month_start,
        {{ period_start('quarter', 'day') }} as quarter_start,
        {{ period_start('year', 'day') }} as year_start,
        cast(weekday_number as bigint) as weekday,  -- noqa: RF04
        case weekday_number
            {%- for name in weekdays %}
            when {{ loop.index }} then {{ literal(name) }}
            {%- endfor %}
        end as weekday_name,
        day > as_of as is_after_as_of
    from numbered
)

select * from calendar
