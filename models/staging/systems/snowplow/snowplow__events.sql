{%- call(shop) source_rows('snowplow', 'events') -%}
    {%- set shop_context = 'contexts_com_snowplowanalytics_snowplow_ecommerce_' -%}
    {%- set user = shop_context ~ 'user_1' -%}
    {%- set session = 'contexts_com_snowplowanalytics_snowplow_client_session_1' -%}
    {%- set robots = 'contexts_com_iab_snowplow_spiders_and_robots_1' -%}
    -- pings say that a page is still open; an item of a transaction of the old kind is a part of it
    with events as (
        select
            *,
            case
                when event_name = 'snowplow_ecommerce_action' then {{ json_value(
                    'unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1', ['type']
                ) }}
                when event in ('struct', 'se') then se_action
                else coalesce(event_name, event)
            end as action
        from {{ raw_table(shop, 'events') }} as raw_rows
        where coalesce(event_name, event) not in ('page_ping', 'transaction_item') or coalesce(event_name, event) is null
    )

    select
        event_id,
        {{ in_utc('derived_tstamp') }} as occurred_at,
        case
            when action = 'checkout_step' and {{ json_value(shop_context ~ 'checkout_step_1', [0, 'step']) }} <> '1' then action
            else {{ renamed('action', {
                'page_view': 'page_viewed',
                'screen_view': 'page_viewed',
                'product_view': 'product_viewed',
                'add_to_cart': 'product_added',
                'checkout_step': 'checkout_started',
                'transaction': 'order_completed',
                'refund': 'order_refunded',
                'submit_form': 'form_submitted',
                'site_search': 'site_searched',
            }) }}
        end as event_type,
        coalesce(
            domain_userid,
            {{ json_value(session, [0, 'userId']) }},
            {{ json_value(session, [0, 'user_id']) }}
        ) as anonymous_id,
        coalesce(
            user_id,
            case when not {{ is_true(json_value(user, [0, 'is_guest'])) }} then {{ json_value(user, [0, 'id']) }} end
        ) as customer_id,
        {{ json_value(user, [0, 'email']) }} as email,
        dvce_type as device,
        mkt_medium as channel,
        case when event in ('struct', 'se') then se_category end as topic,
        {{ only_item(shop_context ~ 'product_1', ['id']) }} as product_id,
        coalesce(
            {{ json_value(shop_context ~ 'transaction_1', [0, 'transaction_id']) }},
            {{ json_value(shop_context ~ 'refund_1', [0, 'transaction_id']) }},
            tr_orderid
        ) as order_id,
        mkt_campaign as campaign_id,
        coalesce(
            {{ json_value(shop_context ~ 'transaction_1', [0, 'revenue']) }},
            {{ json_value(shop_context ~ 'refund_1', [0, 'refund_amount']) }},
            tr_total,
            se_value
        ) as value,
        {{ is_bot_agent('useragent') }}
        or {{ is_true('coalesce(' ~ json_value(robots, [0, 'spiderOrRobot']) ~ ', ' ~ json_value(robots, [0, 'spider_or_robot']) ~ ')') }}
            as is_bot
    from events
{%- endcall -%}
