{{ config(materialized='table') }}

with {{ quarantined_rows('identities', ref('base_identities')) }}

select * from quarantined_rows
