{{ config(materialized='table') }}

{{ typed_rows('refunds') }}
