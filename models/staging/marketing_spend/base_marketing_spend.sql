{{ config(materialized='table') }}

{{ base_rows('marketing_spend') }}
