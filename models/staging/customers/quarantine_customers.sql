{{ config(materialized='table') }}

select * from {{ quarantined_rows('customers', ref('base_customers')) }} as quarantine_customers
