with people as (
    select
        campaign_number,
        person_number,
        max(customer_number) as customer_number,
        min(occurred_at) filter (where campaign_step = 'send') as first_sent_at,
        bool_or(campaign_step = 'open') as has_opened,
        bool_or(campaign_step = 'click') as has_clicked,
        bool_or(campaign_step = 'redeem') as has_redeemed
    from {{ ref('int_campaign_events') }}
    where
        campaign_number is not null
        and person_number is not null
    group by
        campaign_number,
        person_number
),

-- inner, as an engine compares every pair of an outer join by a range
consenting as (
    select distinct
        people.campaign_number,
        people.person_number
    from people
    inner join {{ ref('int_campaigns_keyed') }} as campaigns
        on people.campaign_number = campaigns.campaign_number
    inner join {{ ref('int_consent_spells') }} as spells
        on
            people.customer_number = spells.customer_number
            and campaigns.channel = spells.channel
    where
        spells.purpose = 'marketing'
        and spells.status = 'granted'
        and people.first_sent_at >= spells.started_at
        and coalesce(people.first_sent_at < spells.ended_at, true)
),

-- a reader of a forwarded mail is no recipient
int_recipients as (
    select
        people.campaign_number,
        people.person_number,
        people.has_opened,
        people.has_clicked,
        people.has_redeemed,
        case when campaigns.channel is not null then consenting.person_number is not null end as has_consented
    from people
    inner join {{ ref('int_campaigns_keyed') }} as campaigns
        on people.campaign_number = campaigns.campaign_number
    left join consenting
        on
            people.campaign_number = consenting.campaign_number
            and people.person_number = consenting.person_number
    where people.first_sent_at is not null
)

select * from int_recipients
