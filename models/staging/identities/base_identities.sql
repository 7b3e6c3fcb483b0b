{{ config(materialized='table') }}

{{ base_rows('identities') }}
