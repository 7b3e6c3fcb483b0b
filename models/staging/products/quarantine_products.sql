{{ config(materialized='table') }}

with {{ quarantined_rows('products', ref('base_products')) }}

select * from quarantined_rows
