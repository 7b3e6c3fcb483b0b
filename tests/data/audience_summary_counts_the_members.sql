{{ config(enabled=has_subjects(['audiences'])) }}
-- Each declared audience has a row, with as many customers as it has members.
with counted as (
    select
        audience,
        count(*) as eligible,
        count(*) filter (where is_included) as included
    from {{ ref('audience_members') }}
    group by audience
)

select
    audiences.audience,
    sums.eligible,
    counted.eligible as members
from {{ ref('int_audiences') }} as audiences
full outer join {{ ref('audience_summary') }} as sums
    on audiences.audience = sums.audience
full outer join counted
    on audiences.audience = counted.audience
where
    audiences.audience is null
    or sums.audience is null
    or sums.eligible <> coalesce(counted.eligible, 0)
    or sums.included <> coalesce(counted.included, 0)
