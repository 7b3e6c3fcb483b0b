{%- call(shop) source_rows('matomo', 'events') -%}
    with actions as (
        select * from {{ newest_rows(shop, 'log_action', ['idaction']) }} as newest
    ),

    visits as (
        select * from {{ newest_rows(shop, 'log_visit', ['idvisit'], 'visit_last_action_time') }} as newest
    ),

    -- kinds of actions: 1 a page, 2 a link to elsewhere, 3 a download, 4 a title, 8 a search; what a page's parts show is none here
    done as (
        select
            'action-' || links.idlink_va as event_id,
            links.idvisit,
            links.idvisitor,
            links.server_time,
            case
                when own_events.name is not null then own_events.name
                when products.name is not null then 'product_viewed'
                when titles.type = '8' then 'site_searched'
                when urls.type = '2' then 'outlink_clicked'
                when urls.type = '3' then 'file_downloaded'
                when urls.type = '1' or titles.type = '4' then 'page_viewed'
            end as event_type,
            categories.name as topic,
            products.name as product_id,
            null as order_id,
            case when own_events.name is not null then links.custom_float end as value
        from {{ raw_table(shop, 'log_link_visit_action') }} as links
        {%- for part, column in {
            'urls': 'url', 'titles': 'name', 'own_events': 'event_action', 'categories': 'event_category', 'contents': 'content_name',
            'products': 'product_sku',
        }.items() %}
        left join actions as {{ part }}
            on links.idaction_{{ column }} = {{ part }}.idaction
        {%- endfor %}
        where contents.idaction is null
        union all
        select
            'conversion-' || idvisit || '-' || idgoal || '-' || coalesce(buster, '') as event_id,
            idvisit,
            idvisitor,
            server_time,
            case when idgoal = '0' then 'order_completed' else 'goal_' || idgoal end as event_type,
            null as topic,
            null as product_id,
            idorder as order_id,
            revenue as value
        from {{ raw_table(shop, 'log_conversion') }} as conversions
        -- a cart that was left behind
        where idgoal <> '-1' or idgoal is null
    )

    select
        done.event_id,
        {{ in_utc('done.server_time') }} as occurred_at,
        done.event_type,
        case
            when lower(substr(done.idvisitor, 1, 2)) = '0x' then lower(substr(done.idvisitor, 3))
            when length(done.idvisitor) = 16 then lower(done.idvisitor)
            else done.idvisitor
        end as anonymous_id,
        visits.user_id as customer_id,
        {{ renamed('visits.config_device_type', {
            '0': 'desktop', '1': 'smartphone', '2': 'tablet', '3': 'feature phone', '4': 'console', '5': 'tv', '6': 'car browser',
            '7': 'smart display', '8': 'camera', '9': 'portable media player', '10': 'phablet',
        }) }} as device,
        case
            when not {{ is_nothing('visits.campaign_medium') }} then visits.campaign_medium
            else {{ renamed('visits.referer_type', {
                '1': 'direct', '2': 'search', '3': 'website', '6': 'campaign', '7': 'social',
            }) }}
        end as channel,
        done.topic,
        done.product_id,
        done.order_id,
        case
            when not {{ is_nothing('visits.campaign_id') }} then visits.campaign_id
            when not {{ is_nothing('visits.campaign_name') }} then visits.campaign_name
            when visits.referer_type = '6' then visits.referer_name
        end as campaign_id,
        done.value
    from done
    left join visits
        on done.idvisit = visits.idvisit
{%- endcall -%}
