{{ config(materialized='table') }}

{{ typed_rows('fx_rates') }}
