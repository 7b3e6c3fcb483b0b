{%- call(shop) source_rows('complete_journey', 'customers') -%}
    select
        household_id as customer_id,
        household_size,
        income as income_band
    from {{ raw_table(shop, 'demographics') }}
{%- endcall -%}
