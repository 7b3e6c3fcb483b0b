{%- call(shop) source_rows('shopify_airbyte', 'consents') -%}
    with customers as (
        select * from {{ airbyte_rows(shop, 'customers') }} as newest
        where deleted_at is null
    ),

    -- before there were states a yes was all that was told
    states as (
        select
            'email' as channel,
            id as customer_id,
            email,
            phone,
            coalesce(
                {{ json_value('email_marketing_consent', ['state']) }},
                case when {{ is_true('accepts_marketing') }} then 'subscribed' end
            ) as state,
            {{ in_utc('coalesce(' ~ json_value('email_marketing_consent', ['consent_updated_at'])
                ~ ', accepts_marketing_updated_at)') }} as stated_at,
            coalesce({{ json_value('email_marketing_consent', ['opt_in_level']) }}, marketing_opt_in_level) as opt_in_level
        from customers
        union all
        select
            'sms' as channel,
            id as customer_id,
            email,
            phone,
            {{ json_value('sms_marketing_consent', ['state']) }} as state,
            {{ in_utc(json_value('sms_marketing_consent', ['consent_updated_at'])) }} as stated_at,
            {{ json_value('sms_marketing_consent', ['opt_in_level']) }} as opt_in_level
        from customers
    )

    {{ shopify_consents('states') }}
{%- endcall -%}
