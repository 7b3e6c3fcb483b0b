{{ config(enabled=has_subjects(['lifecycle'])) }}
-- One value, one score; a better value never scores less.
{%- for value, score in {'-recency_days': 'r_score', 'frequency': 'f_score', 'monetary': 'm_score'}.items() %}
select
    {{ literal(score) }} as score,
    value
from (
    select
        {{ value }} as value,
        min({{ score }}) as lowest,
        max({{ score }}) as highest,
        lag(max({{ score }})) over (order by {{ value }}) as highest_below
    from {{ ref('rfm') }}
    group by {{ value }}
) as by_value
where
    lowest <> highest
    or lowest < highest_below
{{ 'union all' if not loop.last }}
{%- endfor %}
