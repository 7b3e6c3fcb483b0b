{{ config(enabled=has_subjects(['service'])) }}
-- Every respondent to a question gave an answer or more to it, and is one of the survey's.
with questions as (
    select
        survey_key,
        question_id,
        max(respondents) as respondents,
        sum(answers) as answers,
        sum(share) as share,
        count(*) as codes
    from {{ ref('survey_results') }}
    group by
        survey_key,
        question_id
),

answered as (
    select
        survey_key,
        question_id,
        count(distinct respondent) as respondents
    from {{ ref('survey_answers') }}
    group by
        survey_key,
        question_id
)

select
    coalesce(questions.survey_key, answered.survey_key) as survey_key,
    coalesce(questions.question_id, answered.question_id) as question_id
from questions
full outer join answered
    on
        questions.survey_key = answered.survey_key
        and questions.question_id = answered.question_id
where
    questions.respondents is null
    or answered.respondents is null
    or questions.respondents <> answered.respondents
    or questions.answers < questions.respondents
    or questions.answers > questions.respondents * questions.codes
    or questions.share < 1 - 1e-6
