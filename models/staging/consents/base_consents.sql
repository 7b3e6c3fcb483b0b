{{ config(materialized='table') }}

{{ base_rows('consents') }}
