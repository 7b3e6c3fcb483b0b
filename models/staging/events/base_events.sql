{{ config(materialized='table') }}

-- who a visitor was then, and whether its email is a friend's, tell whose an event is;
-- depends_on: {{ ref('erasure_visits') }}, {{ ref('event_points') }}
{{ base_rows('events') }}
