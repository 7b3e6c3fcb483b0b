{{ config(materialized='table') }}

{{ typed_rows('customers') }}
