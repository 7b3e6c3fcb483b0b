{{ accepted_rows('survey_answers') }}
