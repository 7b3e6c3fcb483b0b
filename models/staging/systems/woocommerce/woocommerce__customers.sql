{%- call(shop) source_rows('woocommerce', 'customers') -%}
    -- orders name the account (user_id), not the row of the look-up; guests have none, and are known by
    -- their orders
    select
        user_id as customer_id,
        email,
        {{ in_utc(given('date_registered')) }} as created_at,
        country,
        state as region,
        city
    from {{ newest_files(shop, 'wc_customer_lookup', 'customer_id', ['date_last_active', 'date_registered']) }} as customers
    where coalesce({{ given('user_id') }}, '0') <> '0'
{%- endcall -%}
