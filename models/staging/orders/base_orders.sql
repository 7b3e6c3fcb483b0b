{{ config(materialized='table') }}

{{ base_rows('orders') }}
