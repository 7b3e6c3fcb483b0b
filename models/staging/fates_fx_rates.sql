{{ config(materialized='table') }}

with {{ row_fates('fx_rates', ref('typed_fx_rates')) }}

select * from row_fates
