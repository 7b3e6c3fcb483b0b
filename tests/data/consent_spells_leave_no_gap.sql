{{ config(enabled=has_subjects(['audiences'])) }}
-- Each spell ends where the next of its customer, channel and purpose starts otherwise, and the last is open.
with followed as (
    select
        *,
        lead(started_at) over spells as next_started_at,
        lead(status) over spells as next_status
    from {{ ref('consent_spells') }}
    window spells as (partition by customer_key, channel, purpose order by started_at)
)

select
    customer_key,
    channel,
    purpose,
    started_at
from followed
where
    coalesce(ended_at <> next_started_at, (ended_at is null) <> (next_started_at is null))
    or status = next_status
