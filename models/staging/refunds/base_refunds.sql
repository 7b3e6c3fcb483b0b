{{ config(materialized='table') }}

{{ base_rows('refunds') }}
