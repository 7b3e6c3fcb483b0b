{{ config(enabled=has_subjects(['engagement'])) }}
-- A customer's contributions are his score, to the sixth digit.
with sums as (
    select
        customer_key,
        round(sum(decayed_points), 6) as points
    from {{ ref('engagement_contributions') }}
    group by customer_key
)

select
    scores.customer_key,
    scores.score,
    sums.points
from {{ ref('engagement_scores') }} as scores
left join sums
    on scores.customer_key = sums.customer_key
where abs(scores.score - coalesce(sums.points, 0)) > 0.0000005
