{{ config(materialized='table') }}

{{ base_rows('market_sizes') }}
