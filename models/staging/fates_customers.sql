{{ config(materialized='table') }}

with {{ row_fates('customers', ref('typed_customers')) }}

select * from row_fates
