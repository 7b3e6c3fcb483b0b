with fit_points as (
    select
        attribute as trait,
        value,
        points
    from {{ ref('int_fit_points') }}
    where fit = 'full'
)

select * from fit_points
