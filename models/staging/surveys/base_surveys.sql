{{ config(materialized='table') }}

{{ base_rows('surveys') }}
