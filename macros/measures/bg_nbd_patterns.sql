{#- The distinct purchase histories of a fit with their customers, in weeks; none where they are too few to fit. -#}
{% macro bg_nbd_patterns(fit) -%}
with patterns as (
    select
        frequency as x,
        cast(recency_days as double) / 7 as t_x,
        cast(age_days as double) / 7 as age,
        history_days,
        count(*) as customers
    from {{ ref('int_rfm_summaries') }}
    where fit = {{ literal(fit) }}
    group by
        frequency,
        recency_days,
        age_days,
        history_days
),

counted as (
    select
        *,
        sum(case when x > 0 then customers else 0 end) over () as repeat_customers
    from patterns
)

select
    x,
    t_x,
    age,
    customers
from counted
where
    repeat_customers >= 500
    and history_days >= 180
{%- endmacro %}
