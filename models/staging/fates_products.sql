{{ config(materialized='table') }}

with {{ row_fates('products', ref('typed_products')) }}

select * from row_fates
