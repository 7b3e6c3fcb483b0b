with campaigns as (
    select
        staged.source || ':' || staged.campaign_id as campaign_key,
        staged.source,
        staged.campaign_id,
        {{ published_value('campaign', 'staged.name') }} as name,
        {{ published_value('campaign', 'staged.kind') }} as kind,
        {{ published_value('campaign', 'staged.channel') }} as channel,
        staged.source || ':' || staged.product_id as product_key,
        staged.started_on,
        staged.ended_on,
        {{ convert_amount('staged.cost', 'staged.rate') }} as cost,
        staged.is_automated
    from {{ ref('stg_campaigns') }} as staged
    cross join {{ ref('int_as_of') }} as dates
    where
        staged.started_on <= dates.as_of
        or staged.started_on is null
)

select * from campaigns
