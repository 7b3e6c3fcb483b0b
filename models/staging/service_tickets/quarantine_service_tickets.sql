{{ config(materialized='table') }}

select *
from {{ quarantined_rows('service_tickets', ref('base_service_tickets')) }} as quarantine_service_tickets
