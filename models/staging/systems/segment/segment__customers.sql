{%- call(shop) source_rows('segment', 'customers') -%}
    -- of each user what was told last; who identifies again tells no address another time
    with told as (
        select
            id as customer_id,
            email,
            phone,
            created_at,
            coalesce({{ parse_time(in_utc('received_at'), 'VARCHAR') }}, cast('1970-01-01' as timestamp)) as told_at
        from {{ raw_table(shop, 'users') }} as users
        union all
        select
            user_id as customer_id,
            email,
            phone,
            null as created_at,
            coalesce({{ parse_time(in_utc('timestamp'), 'VARCHAR') }}, cast('1970-01-01' as timestamp)) as told_at
        from {{ raw_table(shop, 'identifies') }} as identifies
        where user_id is not null
    )

    select
        customer_id,
        max_by(email, told_at) filter (where email is not null) as email,
        max_by(phone, told_at) filter (where phone is not null) as phone,
        {{ in_utc("max_by(created_at, told_at) filter (where created_at is not null)") }} as created_at
    from told
    group by customer_id
{%- endcall -%}
