{{ config(materialized='table') }}

select * from {{ quarantined_rows('consents', ref('base_consents')) }} as quarantine_consents
