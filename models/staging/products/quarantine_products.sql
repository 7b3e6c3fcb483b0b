{{ config(materialized='table') }}

select * from {{ quarantined_rows('products', ref('base_products')) }} as quarantine_products
