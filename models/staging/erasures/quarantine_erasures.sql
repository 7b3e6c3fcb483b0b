{{ config(materialized='table') }}

select * from {{ quarantined_rows('erasures', ref('base_erasures')) }} as quarantine_erasures
