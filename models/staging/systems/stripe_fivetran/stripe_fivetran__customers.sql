{%- call(shop) source_rows('stripe_fivetran', 'customers') -%}
    select
        id as customer_id,
        email,
        phone,
        {{ in_utc('created') }} as created_at,
        address_country as country,
        address_state as region,
        address_city as city
    from {{ stripe_rows(shop, 'customer') }} as customers
    where {{ is_true("coalesce(livemode, 'true')") }}
{%- endcall -%}
