with named as (
    select *
    from {{ named_customers(ref('stg_survey_answers'), ['customer_id', 'email']) }} as owners
),

answers as (
    select
        staged.source || ':' || staged.survey_id as survey_key,
        staged.source,
        {{ contact_hash(
            "'respondent'", "staged.source || ':' || staged.survey_id || ':' || staged.respondent_id"
        ) }} as respondent,
        staged.question_id,
        staged.answered_date,
        staged.answered_at,
        people.customer_key,
        people.customer_number,
        staged.answer
    from {{ ref('stg_survey_answers') }} as staged
    inner join {{ ref('int_as_of') }} as dates
        on staged.answered_date <= dates.as_of
    inner join named
        on staged.row_id = named.row_id
    left join {{ ref('int_customers_keyed') }} as people
        on named.customer_key = people.customer_key
),

survey_answers as (
    select
        survey_key || ':' || {{ contact_hash(
            'respondent', "question_id || case when answer is null then '' else ':' || answer end"
        ) }} as answer_key,
        survey_key,
        source,
        respondent,
        question_id,
        answered_date,
        answered_at,
        customer_key,
        customer_number,
        {{ published_value('answer', 'answer') }} as answer
    from answers
)

select * from survey_answers
