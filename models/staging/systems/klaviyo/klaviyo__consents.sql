{%- set times = [
    'email_marketing_consent_timestamp', 'sms_marketing_consent_timestamp', 'profile_created_on', 'date_added', 'last_open',
    'last_click', 'last_active'
] -%}
{%- call(shop) source_rows('klaviyo', 'consents') -%}
    with profiles as (
        select
            *,
            {{ without_apostrophe('phone_number') }} as phone,
            {{ newest_time_of_file(times, shop) }} as exported_at
        from {{ raw_table(shop, 'profiles') }} as rows_of_files
    ),

    states as (
        select
            'email' as channel,
            upper(email_marketing_consent) as consent,
            email_marketing_consent_timestamp as consented_at,
            exported_at,
            email,
            phone
        from profiles
        union all
        select
            'sms' as channel,
            upper(sms_marketing_consent) as consent,
            sms_marketing_consent_timestamp as consented_at,
            exported_at,
            email,
            phone
        from profiles
    ),

    statements as (
        select
            channel,
            case event_type when 'newsletter_subscribed' then 'granted' else 'withdrawn' end as status,
            occurred_at as stated_at,
            email,
            phone_number as phone,
            property_method as method,
            'klaviyo event ' || id as proof,
            {{ in_utc('fivetran_synced') }} as _loaded_at
        from {{ klaviyo_events(shop) }} as events
        where
            event_type in ('newsletter_subscribed', 'newsletter_unsubscribed')
            -- what somebody said whom Klaviyo no longer knows tells nothing of anybody
            and coalesce(email, phone_number) is not null
        union all
        -- what a profile gives without a day was so when it was exported
        select
            channel,
            case consent when 'SUBSCRIBED' then 'granted' else 'withdrawn' end as status,
            coalesce(consented_at, exported_at) as stated_at,
            email,
            phone,
            case when consented_at is null then 'snapshot' end as method,
            null as proof,
            null as _loaded_at
        from states
        where consent in ('SUBSCRIBED', 'UNSUBSCRIBED')
    )

    select
        channel,
        'marketing' as purpose,
        status,
        stated_at,
        email,
        case when channel = 'sms' or email is null then phone end as phone,
        method,
        proof,
        _loaded_at
    from statements
{%- endcall -%}
