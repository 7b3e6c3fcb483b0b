{{ config(materialized='table') }}

with {{ row_fates('identities', ref('typed_identities')) }}

select * from row_fates
