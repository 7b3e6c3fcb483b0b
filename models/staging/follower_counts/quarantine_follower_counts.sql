{{ config(materialized='table') }}

select *
from {{ quarantined_rows('follower_counts', ref('base_follower_counts')) }} as quarantine_follower_counts
