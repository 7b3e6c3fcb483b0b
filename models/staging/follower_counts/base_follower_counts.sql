{{ config(materialized='table') }}

{{ base_rows('follower_counts') }}
