{{ config(enabled=has_subjects(['cross_sell'])) }}
-- Did the loyalty score of 90 days ago tell who would buy something new? By tenths within each stage, as it
-- compares customers of one stage; equal scores stand in one tenth.
with scored as (
    select
        behaviour.stage,
        behaviour.score,
        behaviour.bought_new_product_90d,
        1 + least(9, floor(10 * percent_rank() over (
            partition by behaviour.stage
            order by behaviour.score
        ))) as tenth
    from {{ ref('loyalty_behaviour') }} as behaviour
    inner join {{ ref('as_of') }} as dates
        on behaviour.scored_on < dates.as_of
    where behaviour.score is not null
)

select
    stage,
    cast(tenth as bigint) as tenth,
    count(*) as customers,
    min(score) as from_score,
    count(*) filter (where bought_new_product_90d) as bought_new,
    round(100.0 * count(*) filter (where bought_new_product_90d) / count(*), 1) as bought_new_percent
from scored
group by
    stage,
    tenth
order by
    stage asc,
    tenth desc
