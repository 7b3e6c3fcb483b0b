{{ config(materialized='table') }}

{{ typed_rows('events') }}
