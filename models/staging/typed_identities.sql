{{ config(materialized='table') }}

{{ typed_rows('identities') }}
