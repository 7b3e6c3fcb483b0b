-- What a party said on the last date it said anything: nothing earlier counts any more.
with last_dates as (
    select *
    from {{ ref('int_consent_statements') }}
    qualify stated_date = max(stated_date) over (partition by customer_number, party_key, channel, purpose)
),

-- Of one instant, and of one date where either has no time, withdrawing wins.
parties as (
    select
        customer_number,
        party_key,
        channel,
        purpose,
        coalesce(bool_or(is_date_alone) filter (where status = 'withdrawn'), false) as is_withdrawn_that_day,
        max(stated_at) filter (where status = 'withdrawn') as withdrawn_at,
        max(stated_at) filter (where status = 'granted' and not is_date_alone) as granted_at
    from last_dates
    group by
        customer_number,
        party_key,
        channel,
        purpose
),

-- a wrong merge can take a permission, never give one
int_withdrawn_consents as (
    select distinct
        customer_number,
        channel,
        purpose
    from parties
    where
        is_withdrawn_that_day
        or (withdrawn_at is not null and coalesce(withdrawn_at >= granted_at, true))
)

select * from int_withdrawn_consents
