{%- call(shop) source_rows('cdnow', 'orders') -%}
    -- one purchase a line: customer, in the 1/10 sample also its number there, date, CDs, dollars
    select
        lpad(cast(line_number as varchar), 8, '0') as order_id,
        regexp_extract(line, '^\s*(\d+)', 1) as customer_id,
        regexp_replace(
            regexp_extract(line, '\s(\d{8})\s+\d+\s+\S+\s*$', 1), '^(....)(..)(..)$', '\1-\2-\3'
        ) as ordered_at,
        regexp_extract(line, '(\S+)\s*$', 1) as amount
    from {{ raw_lines(shop, 'CDNOW_(master|sample)[.]txt') }}
{%- endcall -%}
