-- Numbers in the order of the ids, then of the sources: the greater id is the greater number.
with events as (
    select
        texts.source,
        texts.campaign_id,
        min(events.event_date) as first_event_date
    from {{ ref('int_events') }} as events
    inner join {{ ref('stg_events') }} as texts
        on events.event_number = texts.row_id
    where
        events.is_counted
        and texts.campaign_id is not null
    group by
        texts.source,
        texts.campaign_id
),

keys as (
    select
        source || ':' || campaign_id as campaign_key,
        source,
        campaign_id
    from {{ ref('campaigns') }}
    union
    select
        source || ':' || campaign_id as campaign_key,
        source,
        campaign_id
    from events
),

int_campaigns_keyed as (
    select
        cast(row_number() over (order by keys.campaign_id, keys.source) as bigint) as campaign_number,
        keys.campaign_key,
        keys.source,
        keys.campaign_id,
        campaigns.name,
        campaigns.kind,
        campaigns.channel,
        campaigns.product_key,
        coalesce(campaigns.started_on, events.first_event_date) as started_on,
        campaigns.cost,
        campaigns.is_automated
    from keys
    left join {{ ref('campaigns') }} as campaigns
        on keys.campaign_key = campaigns.campaign_key
    left join events
        on
            keys.source = events.source
            and keys.campaign_id = events.campaign_id
)

select * from int_campaigns_keyed
