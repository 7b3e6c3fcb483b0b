{%- call(shop) source_rows('shopify_airbyte', 'customers') -%}
    select
        id as customer_id,
        email,
        phone,
        {{ in_utc('created_at') }} as created_at,
        orders_count as lifetime_orders,
        {{ json_value('default_address', ['country_code']) }} as country,
        {{ json_value('default_address', ['province_code']) }} as region,
        {{ json_value('default_address', ['city']) }} as city
    from {{ airbyte_rows(shop, 'customers') }} as newest
    where deleted_at is null
{%- endcall -%}
