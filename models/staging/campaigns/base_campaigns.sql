{{ config(materialized='table') }}

{{ base_rows('campaigns') }}
