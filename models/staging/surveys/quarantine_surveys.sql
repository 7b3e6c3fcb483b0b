{{ config(materialized='table') }}

select * from {{ quarantined_rows('surveys', ref('base_surveys')) }} as quarantine_surveys
