{{ config(materialized='table') }}

{{ base_rows('category_spend') }}
