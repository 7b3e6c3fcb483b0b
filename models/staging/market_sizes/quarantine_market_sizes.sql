{{ config(materialized='table') }}

with judged as (
    select * from {{ judged_amounts('market_sizes', ['amount'], 'year') }} as judged_amounts
)

select * from {{ quarantined_rows('market_sizes', 'judged') }} as quarantine_market_sizes
