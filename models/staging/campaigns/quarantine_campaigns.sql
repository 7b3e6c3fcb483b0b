{{ config(materialized='table') }}

with judged as (
    select * from {{ judged_amounts('campaigns', ['cost'], 'started_on') }} as judged_amounts
)

select * from {{ quarantined_rows('campaigns', 'judged') }} as quarantine_campaigns
