{%- set rooms = ['sales', 'customer', 'voice', 'effort'] -%}
with measured as (
    {%- for room in rooms %}
    {{ 'union all' if not loop.first }}
    select *
    from {{ ref('int_' ~ room ~ '_metrics') }}
    {%- endfor %}
),

dates as (
    select {{ add_to_date('day', 1, 'as_of') }} as next_date
    from {{ ref('as_of') }}
),

monthly_metrics as (
    select
        measured.month_start,
        measured.metric,
        measured.breakdown,
        measured.breakdown_value,
        measured.metric_value as value,  -- noqa: RF04
        measured.numerator,
        measured.denominator,
        words.label,
        words.definition,
        words.unit,
        words.sort_order,
        words.is_additive,
        measured.is_final
        and {{ add_to_date('month', 1, 'measured.month_start') }} <= dates.next_date
            as is_complete
    from measured
    inner join {{ ref('bi_metrics') }} as words
        on measured.metric = words.metric
    cross join dates
)

select * from monthly_metrics
