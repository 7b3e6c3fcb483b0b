{{ config(materialized='table') }}

with {{ quarantined_rows('erasures', ref('base_erasures')) }}

select * from quarantined_rows
