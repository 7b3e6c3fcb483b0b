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

grants as (
    select
        customer_number,
        channel,
        started_at,
        ended_at
    from {{ ref('int_consent_spells') }}
    where
        purpose = 'marketing'
        and status = 'granted'
),

-- a reader of a forwarded mail is no recipient
int_recipients as (
    select
        people.campaign_number,
        people.person_number,
        people.has_opened,
        people.has_clicked,
        people.has_redeemed,
        case when campaigns.channel is not null then grants.customer_number is not null end as has_consented
    from people
    inner join {{ ref('int_campaigns_keyed') }} as campaigns
        on people.campaign_number = campaigns.campaign_number
    left join grants
        on
            people.customer_number = grants.customer_number
            and campaigns.channel = grants.channel
            and people.first_sent_at >= grants.started_at
            and coalesce(people.first_sent_at < grants.ended_at, true)
    where people.first_sent_at is not null
)

select * from int_recipients
