{{ config(materialized='table') }}

with {{ quarantined_rows('customers', ref('base_customers')) }}

select * from quarantined_rows
