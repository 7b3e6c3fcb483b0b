{{ config(materialized='table') }}

-- who a visitor was then tells whose an event is; depends_on: {{ ref('erasure_visits') }}
{{ base_rows('events') }}
