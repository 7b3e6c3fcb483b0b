{%- call(shop) source_rows('surveys', 'survey_answers') -%}
    select
        survey_id,
        response_id as respondent_id,
        question as question_id,
        answered_at,
        email,
        answer,
        text
    from {{ survey_responses(shop) }} as answers
{%- endcall -%}
