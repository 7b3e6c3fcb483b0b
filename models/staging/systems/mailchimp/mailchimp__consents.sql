{%- call(shop) source_rows('mailchimp', 'consents') -%}
    select
        'email' as channel,
        'marketing' as purpose,
        status,
        stated_at,
        email_address as email,
        method,
        proof
    from {{ mailchimp_statements(shop) }} as statements
{%- endcall -%}
