{%- call(shop) source_rows('segment', 'events') -%}
    -- a tracked event is a row of tracks, and one of its own table, which knows its properties, too: that one stands
    with own_rows as (
        select * from {{ raw_table(shop, 'event_tables') }} as raw_rows
    ),

    tracked as (
        select
            id,
            timestamp,
            anonymous_id,
            user_id,
            {#- the file is the event's own table: product_viewed.csv, product_viewed (1).csv, product_viewed/1.csv -#}
            coalesce(event, event_text, regexp_extract(raw_file, '^([^/.]*?)[ _(-]*[0-9]*[)]?[./]', 1)) as event_name,
            coalesce(product_id, {{ only_item('products', ['product_id']) }}) as product_id,
            order_id,
            coalesce(campaign_id, campaign_name, context_campaign_id, context_campaign_name) as campaign,
            context_campaign_medium,
            rating,
            review_body,
            coalesce(value, total, revenue) as value,
            context_device_type,
            context_user_agent
        from own_rows
        union all
        select
            tracks.id,
            tracks.timestamp,
            tracks.anonymous_id,
            tracks.user_id,
            coalesce(tracks.event, tracks.event_text) as event_name,
            null as product_id,
            null as order_id,
            coalesce(tracks.context_campaign_id, tracks.context_campaign_name) as campaign,
            tracks.context_campaign_medium,
            null as rating,
            null as review_body,
            null as value,
            tracks.context_device_type,
            tracks.context_user_agent
        from {{ raw_table(shop, 'tracks') }} as tracks
        left join (select distinct id from own_rows) as told
            on tracks.id = told.id
        where told.id is null
    ),

    events as (
        select
            id,
            timestamp,
            {{ tracked_event('event_name') }} as event_type,
            anonymous_id,
            user_id,
            null as email,
            null as topic,
            product_id,
            order_id,
            campaign,
            context_campaign_medium,
            rating,
            review_body,
            value,
            context_device_type,
            context_user_agent
        from tracked
        {%- for table, event_type, email, topic in [
            ('pages', 'page_viewed', 'null', 'category'), ('screens', 'page_viewed', 'null', 'category'),
            ('identifies', 'identified', 'email', 'null'),
        ] %}
        union all
        select
            id,
            timestamp,
            {{ literal(event_type) }} as event_type,
            anonymous_id,
            user_id,
            {{ email }} as email,
            {{ topic }} as topic,
            null as product_id,
            null as order_id,
            coalesce(context_campaign_id, context_campaign_name) as campaign,
            context_campaign_medium,
            null as rating,
            null as review_body,
            null as value,
            context_device_type,
            context_user_agent
        from {{ raw_table(shop, table) }} as {{ table }}
        {%- endfor %}
    )

    select
        id as event_id,
        {{ in_utc('timestamp') }} as occurred_at,  -- by a corrected clock; received_at is when it came
        event_type,
        anonymous_id,
        user_id as customer_id,
        email,
        context_device_type as device,
        context_campaign_medium as channel,
        topic,
        product_id,
        order_id,
        campaign as campaign_id,
        rating,
        review_body as text,
        value,
        {{ is_bot_agent('context_user_agent') }} as is_bot
    from events
{%- endcall -%}
