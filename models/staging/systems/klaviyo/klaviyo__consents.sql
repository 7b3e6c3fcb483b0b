{%- set channels = ['email', 'sms'] -%}
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
        from {{ raw_table(shop, 'profiles') }}
    )

    select
        channel,
        'marketing' as purpose,
        case event_type when 'newsletter_subscribed' then 'granted' else 'withdrawn' end as status,
        occurred_at as stated_at,
        email,
        case when channel = 'sms' or email is null then phone_number end as phone,
        property_method as method,
        'klaviyo event ' || id as proof,
        {{ in_utc('fivetran_synced') }} as _loaded_at
    from {{ klaviyo_events(shop) }} as events
    where
        event_type in ('newsletter_subscribed', 'newsletter_unsubscribed')
        -- what somebody said whom Klaviyo no longer knows tells nothing of anybody
        and coalesce(email, phone_number) is not null
    {%- for channel in channels %}
    union all
    -- what a profile gives without a day was so when it was exported
    select
        '{{ channel }}' as channel,
        'marketing' as purpose,
        case upper({{ channel }}_marketing_consent) when 'SUBSCRIBED' then 'granted' else 'withdrawn' end as status,
        coalesce({{ channel }}_marketing_consent_timestamp, exported_at) as stated_at,
        email,
        {{ 'phone' if channel == 'sms' else 'case when email is null then phone end' }} as phone,
        case when {{ channel }}_marketing_consent_timestamp is null then 'snapshot' end as method,
        cast(null as {{ dbt.type_string() }}) as proof,
        cast(null as {{ dbt.type_string() }}) as _loaded_at
    from profiles
    where upper({{ channel }}_marketing_consent) in ('SUBSCRIBED', 'UNSUBSCRIBED')
    {%- endfor %}
{%- endcall -%}
