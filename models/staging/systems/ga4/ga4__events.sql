{%- call(shop) source_rows('ga4', 'events') -%}
    -- a day's table replaces what came in during the day, and is written anew for days: the newest folder (_loaded_at=…/) stands
    with newest as (
        select *
        from {{ raw_table(shop, 'events') }} as raw_rows
        where event_name not in ('session_start', 'first_visit', 'first_open', 'user_engagement', 'scroll') or event_name is null
        qualify rank() over (
            partition by event_date
            order by case when lower(raw_file) like '%intraday%' then 1 else 0 end, {{ loaded_at() }} desc nulls last
        ) = 1
    ),

    events as (
        select
            *,
            -- events of a batch share their time; before Google numbered them, only their parameters told them apart
            md5(
                coalesce(user_pseudo_id, '') || '|' || event_timestamp || '|' || event_name || '|'
                || coalesce(event_bundle_sequence_id, '') || '|' || coalesce(batch_event_index, event_params, '')
            ) as event_id,
            coalesce(
                {{ unless_in_brackets(json_value('ecommerce', ['transaction_id'])) }},
                {{ unless_in_brackets(event_parameter('event_params', 'transaction_id')) }}
            ) as transaction_id
        from newest
    ),

    -- the page of a purchase that is loaded again tells it again
    numbered as (
        select
            *,
            row_number() over (partition by event_name, transaction_id order by event_timestamp nulls last, event_id) as telling
        from events
    )

    select
        event_id,
        {{ epoch_time('event_timestamp', 1000000) }} as occurred_at,
        {{ renamed('event_name', {
            'page_view': 'page_viewed',
            'screen_view': 'page_viewed',
            'view_item': 'product_viewed',
            'add_to_cart': 'product_added',
            'begin_checkout': 'checkout_started',
            'purchase': 'order_completed',
            'add_to_wishlist': 'wishlist_added',
            'share': 'product_shared',
            'search': 'site_searched',
            'view_search_results': 'site_searched',
            'file_download': 'file_downloaded',
            'form_submit': 'form_submitted',
            'video_complete': 'video_watched',
        }) }} as event_type,
        user_pseudo_id as anonymous_id,
        user_id as customer_id,
        {{ json_value('device', ['category']) }} as device,
        coalesce(
            {{ unless_in_brackets(json_value('collected_traffic_source', ['manual_medium'])) }},
            {{ unless_in_brackets(event_parameter('event_params', 'medium')) }},
            case when {{ json_value('collected_traffic_source', ['gclid']) }} is not null then 'cpc' end
        ) as channel,
        {{ unless_in_brackets(event_parameter('event_params', 'content_group')) }} as topic,
        {{ unless_in_brackets(only_item('items', ['item_id'])) }} as product_id,
        transaction_id as order_id,
        coalesce(
            {{ unless_in_brackets(json_value('collected_traffic_source', ['manual_campaign_id'])) }},
            {{ unless_in_brackets(json_value('collected_traffic_source', ['manual_campaign_name'])) }},
            {{ unless_in_brackets(event_parameter('event_params', 'campaign')) }}
        ) as campaign_id,
        {{ event_parameter('event_params', 'value') }} as value
    from numbered
    where event_name <> 'purchase' or event_name is null or transaction_id is null or telling = 1
{%- endcall -%}
