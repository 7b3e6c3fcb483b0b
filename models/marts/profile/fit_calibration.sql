-- The half of the base that gave the points says where its grades begin; the other half, who deserves them.
with points as (
    select count(*) > 0 as has_points
    from {{ ref('int_fit_points') }}
    where fit = 'half'
),

base as (
    select
        scores.half_score,
        scores.has_known_trait,
        base.is_even,
        base.{{ fit_segment() }} as is_target
    from {{ ref('int_fit_scores') }} as scores
    inner join {{ ref('int_base_customers') }} as base
        on scores.customer_number = base.customer_number
),

bounds as (
    select
        {{ fit_bound(0.8, 'half_score') }} as p80,
        {{ fit_bound(0.5, 'half_score') }} as p50
    from base
    where is_even
),

graded as (
    select
        case
            when base.has_known_trait and points.has_points
                then {{ fit_grade('base.half_score', 'bounds') }}
            else 'unknown'
        end as fit_grade,
        base.is_target
    from base
    cross join bounds
    cross join points
    where not base.is_even
),

fit_calibration as (
    select
        fit_grade,
        count(*) as customers,
        count(*) filter (where is_target) as target_customers,
        {{ share_of('count(*) filter (where is_target)', 'count(*)') }} as target_share,
        {{ wilson('low', 'count(*) filter (where is_target)', 'count(*)') }} as low,
        {{ wilson('high', 'count(*) filter (where is_target)', 'count(*)') }} as high
    from graded
    group by fit_grade
)

select * from fit_calibration
