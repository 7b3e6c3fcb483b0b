{%- call(shop) source_rows('cdnow', 'orders') -%}
    -- one purchase a line: customer, in the 1/10 sample also its number there, date, CDs, dollars
    select
        lpad(cast(line_number as {{ dbt.type_string() }}), 8, '0') as order_id,
        regexp_extract(line, '^[ \t]*([0-9]+)', 1) as customer_id,
        nullif(substr(day, 1, 4) || '-' || substr(day, 5, 2) || '-' || substr(day, 7, 2), '--') as ordered_at,
        regexp_extract(line, '([^ \t\r]+)[ \t\r]*$', 1) as amount
    from (
        select
            *,
            regexp_extract(line, '[ \t]([0-9]{8})[ \t]+[0-9]+[ \t]+[^ \t\r]+[ \t\r]*$', 1) as day
        from {{ raw_lines(shop, 'CDNOW_(master|sample)[.]txt') }}
    ) as lines
{%- endcall -%}
