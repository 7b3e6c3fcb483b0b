-- What has become of campaigns, bots and staff left out, and who wants no more mail.
with steps as (
    select
        event_type,
        campaign_step
    from {{ ref('event_points') }}
    where
        campaign_step is not null
        or event_type = 'newsletter_unsubscribed'
),

int_campaign_events as (
    select
        events.event_number,
        campaigns.campaign_number,
        steps.campaign_step,
        events.event_type = 'newsletter_unsubscribed' as is_unsubscribe,
        events.customer_number,
        -- whom only a shared address names: a number by its hash, above those of customers and visitors
        coalesce(
            events.lead_number,
            1152921504606846976 + {{ hexadecimal_number('substr(contacts.email_hash, 1, 15)') }}
        ) as person_number,
        events.occurred_at,
        events.event_date,
        orders.order_number,
        texts.order_id is not null as has_order_id
    from {{ ref('int_events') }} as events
    inner join steps
        on events.event_type = steps.event_type
    inner join {{ ref('stg_events') }} as texts
        on events.event_number = texts.row_id
    left join {{ ref('int_campaigns_keyed') }} as campaigns
        on
            texts.source = campaigns.source
            and texts.campaign_id = campaigns.campaign_id
    left join {{ ref('int_event_contacts') }} as contacts
        on events.event_number = contacts.event_row_id
    left join {{ ref('orders') }} as orders
        on
            texts.source = orders.source
            and texts.order_id = orders.order_id
    where events.is_counted
)

select * from int_campaign_events
