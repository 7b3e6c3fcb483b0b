{{ config(materialized='view') }}

select * from {{ ref('as_of') }}
