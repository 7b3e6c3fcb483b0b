{#- The months of first orders by themselves, as years, and all of them as one. -#}
with months as (
    select distinct cohort_month
    from {{ ref('int_cohorts') }}
),

int_cohort_grains as (
    {%- for grain, start in {
        'month': 'cohort_month', 'year': period_start('year', 'cohort_month'), 'all_time': 'min(cohort_month) over ()'
    }.items() %}
    {{ 'union all' if not loop.first }}
    select
        {{ literal(grain) }} as cohort_grain,
        {{ start }} as cohort_start,
        cohort_month
    from months
    {%- endfor %}
)

select * from int_cohort_grains
