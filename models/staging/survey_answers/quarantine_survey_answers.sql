{{ config(materialized='table') }}

select *
from {{ quarantined_rows('survey_answers', ref('base_survey_answers')) }} as quarantine_survey_answers
