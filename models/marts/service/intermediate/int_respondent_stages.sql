-- Where those who answered stand, beside all: whether a survey reached people like the shop's.
with standing as (
    select
        customer_number,
        stage
    from {{ ref('lifecycle_spells') }}
    where ended_on is null
),

stages as (
    select
        stage,
        count(*) / cast(sum(count(*)) over () as double) as share
    from standing
    group by stage
),

people as (
    select distinct
        survey_key,
        question_id,
        customer_number
    from {{ ref('survey_answers') }}
    where customer_number is not null
),

answered as (
    select
        people.survey_key,
        people.question_id,
        standing.stage,
        count(*) as people
    from people
    inner join standing
        on people.customer_number = standing.customer_number
    group by
        people.survey_key,
        people.question_id,
        standing.stage
),

questions as (
    select
        survey_key,
        question_id,
        sum(people) as people
    from answered
    group by
        survey_key,
        question_id
),

int_respondent_stages as (
    select
        questions.survey_key,
        questions.question_id,
        round(
            max(abs(coalesce(answered.people, 0) / cast(questions.people as double) - stages.share)), 9
        ) as stage_difference
    from questions
    cross join stages
    left join answered
        on
            questions.survey_key = answered.survey_key
            and questions.question_id = answered.question_id
            and stages.stage = answered.stage
    group by
        questions.survey_key,
        questions.question_id
)

select * from int_respondent_stages
