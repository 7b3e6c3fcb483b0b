{{ config(materialized='table') }}

with judged as (
    select * from {{ judged_amounts('marketing_spend', ['amount'], 'spend_date') }} as judged_amounts
)

select * from {{ quarantined_rows('marketing_spend', 'judged') }} as quarantine_marketing_spend
