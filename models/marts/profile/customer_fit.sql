-- without any points there are no grades
with points as (
    select count(*) > 0 as has_points
    from {{ ref('fit_points') }}
),

bounds as (
    select
        {{ fit_bound(0.8, 'full_score') }} as p80,
        {{ fit_bound(0.5, 'full_score') }} as p50
    from {{ ref('int_fit_scores') }}
    where is_in_base
),

customer_fit as (
    select
        scores.customer_key,
        scores.full_score as fit_score,
        case
            when scores.has_known_trait and points.has_points
                then {{ fit_grade('scores.full_score', 'bounds') }}
        end as fit_grade,
        scores.lead_band
    from {{ ref('int_fit_scores') }} as scores
    cross join bounds
    cross join points
)

select * from customer_fit
