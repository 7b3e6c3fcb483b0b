{{ config(materialized='table') }}

{{ typed_rows('orders') }}
