{{ config(materialized='table') }}

{{ typed_rows('order_lines') }}
