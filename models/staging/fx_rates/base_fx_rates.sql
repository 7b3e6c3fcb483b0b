{{ config(materialized='table') }}

{{ base_rows('fx_rates') }}
