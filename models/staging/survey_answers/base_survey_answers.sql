{{ config(materialized='table') }}

{{ base_rows('survey_answers') }}
