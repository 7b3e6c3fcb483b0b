{%- call(shop) source_rows('complete_journey', 'events') -%}
    -- a household receives a campaign on the day it starts; both files give days as midnights
    select
        'campaign-' || campaigns.campaign_id || '-' || campaigns.household_id as event_id,
        cast(descriptions.start_date as date) as occurred_at,
        'campaign_received' as event_type,
        campaigns.household_id as customer_id,
        campaigns.campaign_id
    from {{ raw_table(shop, 'campaigns') }} as campaigns
    left join {{ raw_table(shop, 'campaign_descriptions') }} as descriptions
        on campaigns.campaign_id = descriptions.campaign_id
    union all
    select
        'coupon-' || campaign_id || '-' || household_id || '-' || coupon_upc || '-'
        || cast(redemption_date as date) as event_id,
        cast(redemption_date as date) as occurred_at,
        'coupon_redeemed' as event_type,
        household_id as customer_id,
        campaign_id
    from {{ raw_table(shop, 'coupon_redemptions') }}
{%- endcall -%}
