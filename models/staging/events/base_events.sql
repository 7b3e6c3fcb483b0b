{{ config(materialized='table') }}

-- whose an email is depends on the type of the event; depends_on: {{ ref('event_points') }}
{{ base_rows('events') }}
