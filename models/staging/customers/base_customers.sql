{{ config(materialized='table') }}

{{ base_rows('customers') }}
