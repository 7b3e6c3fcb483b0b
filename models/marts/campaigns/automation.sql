with facts as (
    select
        event_date as happened_on,
        campaign_number,
        1 as sends,
        person_number,
        cast(0 as decimal(18, 4)) as spend_amount,
        0 as orders,
        cast(0 as decimal(18, 4)) as net_amount
    from {{ ref('int_campaign_events') }}
    where
        campaign_step = 'send'
        and campaign_number is not null
    union all
    select
        spend.spend_date as happened_on,
        campaigns.campaign_number,
        0 as sends,
        cast(null as bigint) as person_number,
        spend.amount as spend_amount,
        0 as orders,
        cast(0 as decimal(18, 4)) as net_amount
    from {{ ref('marketing_spend') }} as spend
    left join {{ ref('int_campaigns_keyed') }} as campaigns
        on spend.campaign_key = campaigns.campaign_key
    where spend.campaign_key is not null
    union all
    select
        order_date as happened_on,
        campaign_number,
        0 as sends,
        cast(null as bigint) as person_number,
        cast(0 as decimal(18, 4)) as spend_amount,
        1 as orders,
        net_amount
    from {{ ref('int_attributed_orders') }}
),

-- of a campaign that is known by its spend alone nobody knows the kind
described as (
    select
        {{ period_start('month', 'facts.happened_on') }} as month_start,
        coalesce(campaigns.kind, 'unknown') as kind,
        case
            when campaigns.is_automated then 'automated'
            when not campaigns.is_automated then 'manual'
            else 'unknown'
        end as send_mode,
        facts.sends,
        facts.person_number,
        facts.spend_amount,
        facts.orders,
        facts.net_amount
    from facts
    left join {{ ref('int_campaigns_keyed') }} as campaigns
        on facts.campaign_number = campaigns.campaign_number
),

automation as (
    select
        month_start,
        kind,
        send_mode,
        cast(sum(sends) as bigint) as sends,
        count(distinct person_number) as recipients,
        cast(sum(spend_amount) as decimal(18, 4)) as spend_amount,
        cast(sum(orders) as bigint) as attributed_orders,
        cast(sum(net_amount) as decimal(18, 4)) as attributed_net_amount,
        {{ share_of('sum(net_amount)', 'sum(sends)') }} as net_per_send
    from described
    group by
        month_start,
        kind,
        send_mode
)

select * from automation
