{%- call(shop) source_rows('shopify_fivetran', 'consents') -%}
    with customers as (
        select * from {{ fivetran_rows(shop, 'customer', ['id']) }} as newest
    ),

    -- before there were states a yes was all that was told
    states as (
        select
            'email' as channel,
            id as customer_id,
            email,
            phone,
            coalesce(email_marketing_consent_state, case when {{ is_true('accepts_marketing') }} then 'subscribed' end) as state,
            {{ in_utc('coalesce(
                email_marketing_consent_consent_updated_at, email_marketing_consent_updated_at, accepts_marketing_updated_at
            )') }} as stated_at,
            coalesce(email_marketing_consent_opt_in_level, marketing_opt_in_level) as opt_in_level
        from customers
        union all
        select
            'sms' as channel,
            id as customer_id,
            email,
            phone,
            sms_marketing_consent_state as state,
            {{ in_utc('coalesce(sms_marketing_consent_consent_updated_at, sms_marketing_consent_updated_at)') }} as stated_at,
            sms_marketing_consent_opt_in_level as opt_in_level
        from customers
    )

    {{ shopify_consents('states') }}
{%- endcall -%}
