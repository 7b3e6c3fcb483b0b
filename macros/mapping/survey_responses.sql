{#- The answers that Delighted's and Typeform's files hold, one by one, to select from: survey_id, response_id, visitor_id, question,
    given (the answer as it stands), answer and text (the contract's), answered_at, email, topic (of its event, if it is one), event_id. -#}
{% macro survey_responses(shop) -%}
(
    {{ delighted_answers(shop) }}
    union all
    {{ typeform_answers(shop) }}
)
{%- endmacro %}

{#- A response is there again when its person has changed it: the newest stands. Its person is an id, or an object where the loader
    was told to put it there. -#}
{% macro delighted_answers(shop) -%}
    select
        'delighted-' || responses.survey as survey_id,
        responses.id as response_id,
        responses.person_id as visitor_id,
        responses.survey as question,
        responses.score as given,
        responses.score as answer,
        responses.comment as text,
        {{ epoch_time('responses.created_at') }} as answered_at,
        coalesce(responses.email, people.email) as email,
        responses.survey as topic,
        'delighted-' || responses.id as event_id
    from (
        select
            *,
            coalesce({{ json_value('person', ['id']) }}, person) as person_id,
            {{ json_value('person', ['email']) }} as email,
            coalesce(lower(survey_type), 'nps') as survey
        from {{ newest_rows(shop, 'delighted_responses', ['id'], 'updated_at') }} as newest
    ) as responses
    left join {{ newest_rows(shop, 'delighted_people', ['id']) }} as people
        on responses.person_id = people.id
{%- endmacro %}

{#- A short number is an answer, and so is what was chosen: what several columns of one name hold, and what two people gave. Any other
    text is somebody's own. Of a response that is in several exports the newest stands, as questions may have been reworded. -#}
{% macro typeform_answers(shop) -%}
    {%- set times = ['submit_date_utc', 'stage_date_utc', 'start_date_utc'] -%}
    select
        survey_id,
        number as response_id,
        number as visitor_id,
        question,
        given,
        case when is_code then given end as answer,
        case when not is_code then given end as text,
        answered_at,
        email,
        case when question = {{ literal(var('nps_question') | string | trim | lower) }} then 'nps' end as topic,
        'typeform-' || number || '-' || md5(question) as event_id
    from (
        select
            answers.*,
            answers.answer as given,
            {{ file_table('answers.raw_file') }} as survey_id,
            {{ in_utc('coalesce(' ~ times | join(', ') ~ ')') }} as answered_at,
            (
                is_choice
                or (length(answer) <= 6 and {{ money('answer') }} is not null)
                or {{ lower_case('answer') }} = question
                or min(number) over (partition by question, answer) <> max(number) over (partition by question, answer)
            ) as is_code
        from {{ answers_of_columns(shop, 'typeform_responses') }} as answers
        inner join (
            select distinct
                number as newest_number,
                raw_file as newest_file
            from {{ newest_files(shop, 'typeform_responses', 'number', times) }} as newest
        ) as newest
            on
                answers.number is not distinct from newest.newest_number
                and answers.raw_file = newest.newest_file
    ) as judged
{%- endmacro %}
