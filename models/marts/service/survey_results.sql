with answers as (
    select
        survey_key,
        source,
        question_id,
        respondent,
        customer_key,
        coalesce(answer, 'no_code') as answer
    from {{ ref('survey_answers') }}
),

reached as (
    select
        survey_key,
        count(distinct respondent) as respondents
    from answers
    group by survey_key
),

questions as (
    select
        survey_key,
        question_id,
        count(distinct respondent) as respondents,
        count(distinct case when customer_key is not null then respondent end) as identified_respondents
    from answers
    group by
        survey_key,
        question_id
),

given as (
    select
        survey_key,
        source,
        question_id,
        answer,
        count(distinct respondent) as answers
    from answers
    group by
        survey_key,
        source,
        question_id,
        answer
),

survey_results as (
    select
        given.survey_key,
        given.question_id,
        given.answer,
        substr(given.survey_key, length(given.source) + 2) as survey_id,
        surveys.kind,
        questions.respondents,
        given.answers,
        {{ share_of('given.answers', 'questions.respondents') }} as share,
        {{ wilson('low', 'given.answers', 'questions.respondents') }} as low,
        {{ wilson('high', 'given.answers', 'questions.respondents') }} as high,
        surveys.invited,
        {{ share_of('reached.respondents', 'surveys.invited') }} as response_rate,
        {{ share_of('questions.identified_respondents', 'questions.respondents') }} as identified_share,
        stages.stage_difference,
        questions.respondents < 30 as is_small
    from given
    inner join questions
        on
            given.survey_key = questions.survey_key
            and given.question_id = questions.question_id
    inner join reached
        on given.survey_key = reached.survey_key
    left join {{ ref('surveys') }} as surveys
        on given.survey_key = surveys.survey_key
    left join {{ ref('int_respondent_stages') }} as stages
        on
            given.survey_key = stages.survey_key
            and given.question_id = stages.question_id
)

select * from survey_results
