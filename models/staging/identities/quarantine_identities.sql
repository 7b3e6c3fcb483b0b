{{ config(materialized='table') }}

select * from {{ quarantined_rows('identities', ref('base_identities')) }} as quarantine_identities
