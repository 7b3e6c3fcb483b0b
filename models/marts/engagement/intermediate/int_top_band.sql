with int_top_band as (
    select
        max(min_score) as min_score,
        max_by(is_min_inclusive, coalesce(min_score, -1e300)) as is_min_inclusive
    from {{ ref('lead_score_bands') }}
)

select * from int_top_band
