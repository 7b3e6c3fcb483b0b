{%- call(shop) source_rows('klaviyo', 'campaigns') -%}
    -- what was never sent is no campaign; a flow begins on the day that it was made
    select
        id as campaign_id,
        name,
        coalesce(campaign_type, 'campaign') as kind,
        'email' as channel,
        {{ in_utc('coalesce(sent_at, send_time, scheduled)') }} as started_at,
        'false' as is_automated,
        {{ in_utc('fivetran_synced') }} as _loaded_at
    from {{ raw_table(shop, 'campaign') }}
    where
        not {{ is_true('fivetran_deleted') }}
        and coalesce(lower(status), '') not in ('draft', 'cancelled', 'canceled')
    union all
    select
        id as campaign_id,
        name,
        'flow' as kind,
        'email' as channel,
        {{ in_utc('created') }} as started_at,
        'true' as is_automated,
        {{ in_utc('fivetran_synced') }} as _loaded_at
    from {{ raw_table(shop, 'flow') }}
    where
        not {{ is_true('fivetran_deleted') }}
        and coalesce(lower(status), '') <> 'draft'
{%- endcall -%}
