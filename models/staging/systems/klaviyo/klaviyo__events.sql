{%- call(shop) source_rows('klaviyo', 'events') -%}
    select
        id as event_id,
        occurred_at,
        event_type,
        person_id as anonymous_id,
        email,
        channel,
        coalesce(campaign_id, flow_id) as campaign_id,
        -- machines load a mail's pictures and follow its links before anybody reads it
        {{ is_true('property_apple_privacy_open') }}
        or {{ is_true('property_machine_open') }}
        or {{ is_true('property_bot_click') }} as is_bot,
        {{ in_utc('fivetran_synced') }} as _loaded_at
    from {{ klaviyo_events(shop) }} as events
{%- endcall -%}
