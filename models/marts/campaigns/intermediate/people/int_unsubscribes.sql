-- Whose mail came last before somebody wanted no more; where that names a campaign, only its own mails count.
with unsubscribes as (
    select
        person_number,
        coalesce(campaign_number, 0) as named_number,
        occurred_at
    from {{ ref('int_campaign_events') }}
    where
        is_unsubscribe
        and person_number is not null
),

leavers as (
    select distinct
        person_number,
        named_number
    from unsubscribes
),

moments as (
    select
        leavers.person_number,
        leavers.named_number,
        sends.occurred_at,
        0 as is_unsubscribe,
        sends.campaign_number
    from {{ ref('int_campaign_events') }} as sends
    inner join leavers
        on
            sends.person_number = leavers.person_number
            and leavers.named_number in (0, sends.campaign_number)
    where
        sends.campaign_step = 'send'
        and sends.campaign_number is not null
    union all
    select
        person_number,
        named_number,
        occurred_at,
        1 as is_unsubscribe,
        cast(null as bigint) as campaign_number
    from unsubscribes
),

last_sends as (
    select
        person_number,
        is_unsubscribe,
        occurred_at,
        {%- set before = 'partition by person_number, named_number'
            ~ ' order by occurred_at, is_unsubscribe, campaign_number nulls last' %}
        {{ last_known('campaign_number', before) }} as campaign_number,
        {{ last_known('case when is_unsubscribe = 0 then occurred_at end', before) }} as sent_at
    from moments
),

int_unsubscribes as (
    select distinct
        campaign_number,
        person_number
    from last_sends
    where
        is_unsubscribe = 1
        and {{ seconds_between('sent_at', 'occurred_at') }} <= 7 * 86400
)

select * from int_unsubscribes
