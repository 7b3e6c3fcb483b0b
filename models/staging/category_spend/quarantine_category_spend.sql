{{ config(materialized='table') }}

with judged as (
    select * from {{ judged_amounts('category_spend', ['total_amount'], 'year') }} as judged_amounts
)

select * from {{ quarantined_rows('category_spend', 'judged') }} as quarantine_category_spend
