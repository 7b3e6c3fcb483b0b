{{ config(materialized='table') }}

{{ base_rows('order_lines') }}
