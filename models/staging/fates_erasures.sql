{{ config(materialized='table') }}

with {{ row_fates('erasures', ref('typed_erasures')) }}

select * from row_fates
