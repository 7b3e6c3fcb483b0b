{{ config(materialized='table') }}

with {{ quarantined_rows('events', ref('base_events')) }}

select * from quarantined_rows
