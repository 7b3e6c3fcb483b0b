{%- call(shop) source_rows('shopify_csv', 'consents') -%}
    -- the file says yes or no, but never since when: only of those that say by their folder when they were exported is it known
    with answers as (
        {%- for channel, answer in [
            ('email', 'coalesce(accepts_email_marketing, accepts_marketing)'), ('sms', 'accepts_sms_marketing'),
            ('whatsapp', 'accepts_whatsapp_marketing')
        ] %}
        {{ 'union all' if not loop.first }}
        select
            {{ literal(channel) }} as channel,
            {{ shopify_csv_customer_id() }} as customer_id,
            email,
            {{ without_apostrophe('phone') }} as phone,
            {{ is_true(answer) }} as is_yes,
            {{ folder_time() }} as stated_at
        from {{ raw_table(shop, 'customers_export') }} as raw_rows
        where
            {{ folder_time() }} <> ''
            and {{ answer }} is not null
        {%- endfor %}
    ),

    turns as (
        select
            *,
            coalesce(
                lag(is_yes) over (partition by channel, customer_id order by stated_at, is_yes), false
            ) as was_yes
        from answers
    )

    -- no is an answer only of those who had said yes
    select
        channel,
        'marketing' as purpose,
        case when is_yes then 'granted' else 'withdrawn' end as status,
        stated_at,
        customer_id,
        email,
        phone,
        'snapshot' as method
    from turns
    where is_yes <> was_yes
{%- endcall -%}
