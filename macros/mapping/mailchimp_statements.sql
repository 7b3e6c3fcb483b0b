{#- What the members of a Mailchimp audience said, to select from: email_address, status (granted, withdrawn), stated_at, is_dated,
    method, proof, leid, euid. Of a member who is in several exports only the newest row stands. -#}
{% macro mailchimp_statements(shop) -%}
    {%- set times = ['optin_time', 'confirm_time', 'unsub_time', 'clean_time', 'last_changed'] -%}
(
    with members as (
        select
            *,
            {{ newest_time_of_file(times, shop) }} as exported_at,
            -- the file's name, or its folder's, is a member's state
            lower(regexp_extract(raw_file, '^[A-Za-z]+', 0)) as state
        from {{ raw_table(shop, 'audience') }} as members
    ),

    newest as (
        select
            *,
            coalesce(confirm_time, optin_time) as granted_at
        from members
        qualify row_number() over (
            partition by email_address
            order by
                greatest(coalesce(last_changed, ''), coalesce(unsub_time, ''), coalesce(clean_time, '')) desc,
                exported_at desc,
                raw_file desc
        ) = 1
    )

    select
        email_address,
        'granted' as status,
        coalesce(granted_at, exported_at) as stated_at,
        granted_at is not null as is_dated,
        case
            when confirm_time is not null and optin_time is not null then 'double_opt_in'
            when granted_at is not null then 'import'
            else 'snapshot'
        end as method,
        cast(null as {{ dbt.type_string() }}) as proof,
        leid,
        euid
    from newest
    where state = 'subscribed' or granted_at is not null
    union all
    select
        email_address,
        'withdrawn' as status,
        coalesce(unsub_time, last_changed, exported_at) as stated_at,
        unsub_time is not null as is_dated,
        case when unsub_time is null then 'snapshot' end as method,
        unsub_campaign_id as proof,
        leid,
        euid
    from newest
    where state = 'unsubscribed'
)
{%- endmacro %}
