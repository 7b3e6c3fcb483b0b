{{ config(materialized='table') }}

select * from {{ quarantined_rows('events', ref('base_events')) }} as quarantine_events
