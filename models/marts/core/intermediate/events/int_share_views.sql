-- what was seen of somebody's sharing: a view of one's own share is no other's
with int_share_views as (
    select
        events.event_number,
        owners.customer_number,
        events.event_date
    from {{ ref('int_events') }} as events
    inner join {{ ref('stg_events') }} as texts
        on events.event_number = texts.row_id
    inner join {{ ref('int_referral_code_owners') }} as owners
        on
            events.source = owners.source
            and texts.referral_code = owners.referral_code
    where
        events.event_type = 'share_viewed'
        and events.is_counted
        and coalesce(events.customer_number <> owners.customer_number, true)
)

select * from int_share_views
