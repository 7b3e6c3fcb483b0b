{{ config(materialized='table') }}

{#- what a system's own files are mapped to has rows of several of them: how many is not told -#}
{%- set rows = [] %}
{%- for shop in shops() if execute %}
{%- set mapped = system_tables(shop.system) %}
{%- for table in shops_tables(shop) if table in raw_contract() and table not in mapped %}
{%- set files = raw_files(shop, table, shop_files(shop)) | length %}
{%- do rows.append("(" ~ [literal(shop.name), literal(table), files] | join(', ') ~ ")") if files %}
{%- endfor %}
{%- endfor %}
with delivered_files as (
    select
        counted.source,
        counted.raw_table,
        cast(counted.files as bigint) as files
    from (values {{ rows | join(', ') or "('', '', 0)" }}) as counted (source, raw_table, files)
    where counted.files > 0
)

select * from delivered_files
