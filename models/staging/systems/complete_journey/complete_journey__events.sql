{%- call(shop) source_rows('complete_journey', 'events') -%}
    -- a household receives a campaign on the day it starts; both files give days as midnights
    select
        'campaign-' || campaigns.campaign_id || '-' || campaigns.household_id as event_id,
        substr(descriptions.start_date, 1, 10) as occurred_at,
        'campaign_received' as event_type,
        campaigns.household_id as customer_id,
        campaigns.campaign_id
    from {{ raw_table(shop, 'campaigns') }} as campaigns
    left join {{ raw_table(shop, 'campaign_descriptions') }} as descriptions
        on campaigns.campaign_id = descriptions.campaign_id
    union all
    select
        'coupon-' || campaign_id || '-' || household_id || '-' || coupon_upc || '-'
        || substr(redemption_date, 1, 10) as event_id,
        substr(redemption_date, 1, 10) as occurred_at,
        'coupon_redeemed' as event_type,
        household_id as customer_id,
        campaign_id
    from {{ raw_table(shop, 'coupon_redemptions') }}
{%- endcall -%}
