{{ config(materialized='table') }}

-- a ticket may name its order alone; depends_on: {{ ref('base_orders') }}
{{ base_rows('service_tickets') }}
