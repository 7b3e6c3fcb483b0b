{{ config(materialized='table') }}

{{ typed_rows('products') }}
