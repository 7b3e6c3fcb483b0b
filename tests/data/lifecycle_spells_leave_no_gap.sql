{{ config(enabled=has_subjects(['lifecycle'])) }}
-- Each of a customer's spells ends where the next one begins, and the last is open.
with spells as (
    select
        customer_key,
        spell_number,
        stage,
        previous_stage,
        ended_on,
        row_number() over customer_spells as expected_number,
        lead(started_on) over customer_spells as next_started_on,
        lag(stage) over customer_spells as stage_before
    from {{ ref('lifecycle_spells') }}
    window customer_spells as (
        partition by customer_key
        order by started_on
    )
)

select *
from spells
where
    spell_number <> expected_number
    or coalesce(ended_on, date '9999-12-31') <> coalesce(next_started_on, date '9999-12-31')
    or coalesce(previous_stage, 'none') <> coalesce(stage_before, 'none')
