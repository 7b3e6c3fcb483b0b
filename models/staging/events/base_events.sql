{{ config(materialized='table') }}

{{ base_rows('events') }}
