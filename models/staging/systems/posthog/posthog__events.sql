{%- call(shop) source_rows('posthog', 'events') -%}
    -- what PostHog notes by itself has a $; of that only what is viewed and who the visitor is are events here
    with events as (
        select
            *,
            {{ json_value('properties', ['$device_id']) }} as device_id,
            coalesce(
                {{ json_value('properties', ['$set', 'email']) }},
                {{ json_value('set', ['email']) }},
                {{ json_value('person_properties', ['email']) }}
            ) as told_email,
            -- a visitor has the id of the device, or another one after logging out, until they are identified
            coalesce(
                distinct_id = {{ json_value('properties', ['$device_id']) }}
                or coalesce(
                    {{ json_value('properties', ['$is_identified']) }},
                    {{ json_value('properties', ['$process_person_profile']) }}
                ) = 'false',
                false
            ) and event <> '$identify' as is_anonymous
        from {{ raw_table(shop, 'events') }} as raw_rows
        where event is null or substr(event, 1, 1) <> '$' or event in ('$pageview', '$screen', '$identify')
    )

    select
        uuid as event_id,
        {{ in_utc('timestamp') }} as occurred_at,
        case
            when event in ('$pageview', '$screen') then 'page_viewed'
            when event = '$identify' then 'identified'
            else {{ tracked_event('event') }}
        end as event_type,
        case
            when is_anonymous then distinct_id
            else coalesce({{ json_value('properties', ['$anon_distinct_id']) }}, device_id)
        end as anonymous_id,
        case when not is_anonymous and distinct_id not like '%@%' then distinct_id end as customer_id,
        {#- some shops identify people by their address: an address is no number of a customer -#}
        case when not is_anonymous and distinct_id like '%@%' then distinct_id else told_email end as email,
        {{ json_value('properties', ['$device_type']) }} as device,
        {{ json_value('properties', ['utm_medium']) }} as channel,
        coalesce(
            {{ json_value('properties', ['product_id']) }},
            {{ only_item(json_value('properties', ['products']), ['product_id']) }}
        ) as product_id,
        {{ json_value('properties', ['order_id']) }} as order_id,
        coalesce(
            {{ json_value('properties', ['campaign_id']) }},
            {{ json_value('properties', ['utm_campaign']) }}
        ) as campaign_id,
        {{ json_value('properties', ['rating']) }} as rating,
        {{ json_value('properties', ['review_body']) }} as text,
        coalesce(
            {{ json_value('properties', ['value']) }},
            {{ json_value('properties', ['total']) }},
            {{ json_value('properties', ['revenue']) }}
        ) as value,
        {{ is_bot_agent(json_value('properties', ['$raw_user_agent'])) }} as is_bot
    from events
{%- endcall -%}
