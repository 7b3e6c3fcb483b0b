{%- call(shop) source_rows('shopify_csv', 'customers') -%}
    select
        {{ shopify_csv_customer_id() }} as customer_id,
        email,
        {{ without_apostrophe('phone') }} as phone,
        total_orders as lifetime_orders,
        coalesce(default_address_country_code, country_code) as country,
        coalesce(default_address_province_code, province_code) as region,
        coalesce(default_address_city, city) as city
    from {{ newest_files(shop, 'customers_export', shopify_csv_customer_id(), []) }} as newest
{%- endcall -%}
