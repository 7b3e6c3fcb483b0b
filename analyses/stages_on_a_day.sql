{{ config(enabled=has_subjects(['lifecycle'])) }}
-- How many customers stood in each stage on any past day: one range filter on the spells.
{%- set day = "date '2025-06-30'" %}
select
    stage,
    count(*) as customers,
    count(*) filter (where started_on = {{ day }}) as arrived_that_day
from {{ ref('lifecycle_spells') }}
where
    started_on <= {{ day }}
    and (ended_on is null or ended_on > {{ day }})
group by stage
order by stage
