{{ config(enabled=has_subjects(['profile'])) }}
-- A customer's score is the sum of the points of his traits, as anybody can look them up
with points as (
    select
        people.customer_key,
        sum(coalesce(points.points, 0)) as points
    from (
        {%- for trait in profile_attributes('trait') %}
        {{ 'union all' if not loop.first }}
        select
            customer_key,
            {{ literal(trait) }} as trait,
            {{ trait }} as value
        from {{ ref('customer_profile') }}
        {%- endfor %}
    ) as people
    left join {{ ref('fit_points') }} as points
        on
            people.trait = points.trait
            and people.value = points.value
    group by people.customer_key
)

select
    fits.customer_key,
    fits.fit_score,
    points.points
from {{ ref('customer_fit') }} as fits
left join points
    on fits.customer_key = points.customer_key
where coalesce(abs(fits.fit_score - points.points) > 1e-6, true)
