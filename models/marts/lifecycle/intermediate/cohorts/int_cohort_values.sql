{#- Which values of a breakdown have rows of their own: those of most customers; the rest is one. -#}
{%- set breakdowns = cohort_breakdowns() -%}
-- sqlfluff:dialect:postgres
-- (its duckdb knows no grouping sets)
with counts as (
    select
        {{ breakdown(breakdowns) }},
        count(*) as customers
    from {{ ref('int_cohort_origins') }}
    group by grouping sets ({{ breakdowns | join(', ') }})
),

ranked as (
    select
        *,
        breakdown_value in ('unknown', 'other') as is_no_name,
        row_number() over (
            partition by breakdown, breakdown_value in ('unknown', 'other')
            order by customers desc, breakdown_value asc
        ) as place
    from counts
),

int_cohort_values as (
    select
        breakdown,
        breakdown_value,
        case
            when is_no_name or place <= {{ number_var('breakdown_values', 1) }} then breakdown_value
            else 'other'
        end as shown_value
    from ranked
)

select * from int_cohort_values
