with recipients as (
    select
        campaign_number,
        count(*) as recipients,
        count(*) filter (where has_opened) as openers,
        count(*) filter (where has_clicked) as clickers,
        count(*) filter (where has_redeemed) as redeemers,
        count(*) filter (where has_consented) as consented_recipients,
        count(*) filter (where has_consented and has_opened) as consented_openers,
        count(*) filter (where not has_consented) as other_recipients,
        count(*) filter (where not has_consented and has_opened) as other_openers
    from {{ ref('int_recipients') }}
    group by campaign_number
),

events as (
    select
        campaign_number,
        count(*) filter (where campaign_step = 'send') as sends,
        count(*) filter (where campaign_step = 'redeem') as redemptions
    from {{ ref('int_campaign_events') }}
    group by campaign_number
),

orders as (
    select
        campaign_number,
        count(*) as orders,
        count(distinct customer_number) as customers,
        sum(net_amount) as net_amount
    from {{ ref('int_attributed_orders') }}
    group by campaign_number
),

unsubscribers as (
    select
        campaign_number,
        count(*) as unsubscribers
    from {{ ref('int_unsubscribes') }}
    group by campaign_number
),

-- its own cost, else what was spent on it: never both
costs as (
    select
        campaigns.campaign_number,
        cast(coalesce(campaigns.cost, sum(spend.amount)) as decimal(18, 4)) as cost
    from {{ ref('int_campaigns_keyed') }} as campaigns
    left join {{ ref('marketing_spend') }} as spend
        on campaigns.campaign_key = spend.campaign_key
    group by
        campaigns.campaign_number,
        campaigns.cost
),

campaign_results as (
    select
        campaigns.campaign_key,
        campaigns.campaign_id,
        campaigns.name,
        campaigns.kind,
        campaigns.channel,
        campaigns.started_on,
        {%- for count in ['recipients', 'openers', 'clickers', 'redeemers'] %}
        coalesce(recipients.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        coalesce(events.sends, 0) as sends,
        coalesce(events.redemptions, 0) as redemptions,
        {{ share_of('recipients.openers', 'recipients.recipients') }} as open_rate,
        {{ share_of('recipients.clickers', 'recipients.recipients') }} as click_rate,
        {{ share_of('recipients.redeemers', 'recipients.recipients') }} as redemption_rate,
        coalesce(orders.orders, 0) as attributed_orders,
        coalesce(orders.customers, 0) as attributed_customers,
        cast(coalesce(orders.net_amount, 0) as decimal(18, 4)) as attributed_net_amount,
        coalesce(unsubscribers.unsubscribers, 0) as unsubscribers_7d,
        costs.cost,
        {{ share_of('coalesce(orders.net_amount, 0)', 'events.sends') }} as net_per_send,
        {{ share_of(
            'coalesce(orders.net_amount, 0) - costs.cost', 'costs.cost'
        ) }} as return_on_spend,
        case
            when campaigns.channel is not null then coalesce(recipients.consented_recipients, 0)
        end as consented_recipients,
        {{ share_of('recipients.consented_openers', 'recipients.consented_recipients') }}
            as consented_open_rate,
        {{ share_of('recipients.other_openers', 'recipients.other_recipients') }} as other_open_rate,
        uplifts.treated_customers,
        coalesce(uplifts.control_customers, 0) as control_customers,
        uplifts.treated_order_rate,
        uplifts.control_order_rate,
        uplifts.uplift,
        uplifts.uplift_low,
        uplifts.uplift_high
    from {{ ref('int_campaigns_keyed') }} as campaigns
    left join {{ ref('int_uplifts') }} as uplifts
        on campaigns.campaign_number = uplifts.campaign_number
    {%- for facts in ['recipients', 'events', 'orders', 'unsubscribers', 'costs'] %}
    left join {{ facts }}
        on campaigns.campaign_number = {{ facts }}.campaign_number
    {%- endfor %}
)

select * from campaign_results
