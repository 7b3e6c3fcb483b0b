-- a small number says nothing of who gave it, however few did
{{ common_texts(
    'answer', ref('stg_survey_answers'), ['answer'], 'answered_date',
    sharers="count(distinct source || ':' || survey_id || ':' || respondent_id)",
    known='length(value) <= 3 and ' ~ looks_like_number('value')
) }}
