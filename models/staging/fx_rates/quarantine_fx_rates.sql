{{ config(materialized='table') }}

select * from {{ quarantined_rows('fx_rates', ref('base_fx_rates')) }} as quarantine_fx_rates
