{{ config(materialized='table') }}

with {{ row_fates('events', ref('typed_events')) }}

select * from row_fates
