{#- The weeks and months of the history; the last of each ends with as_of. -#}
with int_lifecycle_periods as (
    {%- for grain in ['week', 'month'] %}
    select
        {{ literal(grain) }} as period_grain,
        {{ period_start(grain, 'day') }} as period_start,
        max(day) as period_end
    from {{ ref('int_days') }}
    group by {{ period_start(grain, 'day') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from int_lifecycle_periods
