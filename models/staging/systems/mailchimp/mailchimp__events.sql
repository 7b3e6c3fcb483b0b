{%- call(shop) source_rows('mailchimp', 'events') -%}
    select
        status || '-' || coalesce(leid, euid, md5(lower(email_address))) as event_id,
        stated_at as occurred_at,
        case status when 'granted' then 'newsletter_subscribed' else 'newsletter_unsubscribed' end as event_type,
        coalesce(euid, leid) as anonymous_id,
        email_address as email,
        'email' as channel,
        proof as campaign_id
    from {{ mailchimp_statements(shop) }} as statements
    where is_dated
{%- endcall -%}
