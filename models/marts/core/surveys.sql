with surveys as (
    select
        staged.source || ':' || staged.survey_id as survey_key,
        staged.source,
        staged.survey_id,
        {{ published_value('survey', 'staged.name') }} as name,
        {{ published_value('survey', 'staged.kind') }} as kind,
        staged.started_on,
        staged.ended_on,
        staged.invited
    from {{ ref('stg_surveys') }} as staged
    cross join {{ ref('int_as_of') }} as dates
    where
        staged.started_on <= dates.as_of
        or staged.started_on is null
)

select * from surveys
