{{ config(materialized='table') }}

{{ base_rows('products') }}
