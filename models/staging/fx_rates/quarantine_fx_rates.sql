{{ config(materialized='table') }}

with {{ quarantined_rows('fx_rates', ref('base_fx_rates')) }}

select * from quarantined_rows
