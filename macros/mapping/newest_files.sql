{#- A raw table (macro raw_table) of exports that overlap: of each `key` (a column, or a list of them) only the rows of the newest file that holds it, as its
    rows belong together. How new a file is says the folder that it lies in (_loaded_at=…/), else the latest of the `times` in
    it; of files equally new the last by name. -#}
{% macro newest_files(shop, table, key, times) %}
    {%- set rows = raw_table(shop, table) -%}
    {%- set keys = [key] if key is string else key -%}
    {%- if raw_files(shop, table, shop_files(shop)) | length < 2 -%}
        {{ return(rows) }}
    {%- endif -%}
    {%- set earliest = "cast('0001-01-01' as timestamp)" -%}
    {%- set known = [earliest] -%}
    {%- for time in times -%}
        {%- do known.append(parse_time(time, 'VARCHAR')) -%}
    {%- endfor -%}
(
    with rows_of_files as (
        select * from {{ rows }} as raw_rows
    ),

    files as (
        select
            raw_file,
            row_number() over (order by
                coalesce(max({{ loaded_at() }}), {{ earliest }}),
                max({{ 'greatest(' ~ (known | join(', ')) ~ ')' if times else earliest }}),
                raw_file
            ) as file_rank
        from rows_of_files
        group by raw_file
    ),

    newest as (
        select
            {%- for column in keys %}
            rows_of_files.{{ column }},
            {%- endfor %}
            max(files.file_rank) as file_rank
        from rows_of_files
        inner join files on rows_of_files.raw_file = files.raw_file
        group by rows_of_files.{{ keys | join(', rows_of_files.') }}
    )

    select rows_of_files.*
    from rows_of_files
    inner join files on rows_of_files.raw_file = files.raw_file
    inner join newest
        on
            files.file_rank = newest.file_rank
            {%- for column in keys %}
            and rows_of_files.{{ column }} is not distinct from newest.{{ column }}
            {%- endfor %}
)
{%- endmacro %}

{#- When a raw row's file was loaded, as the folder that it lies in says (_loaded_at=…/); null without such a folder. -#}
{% macro loaded_at() -%}
    {{ parse_time("replace(regexp_extract(raw_file, '_loaded_at=([^/]*)/', 1), '%3A', ':')", 'VARCHAR') }}
{%- endmacro %}

{#- When a raw row's file was exported, at the earliest, as a raw time in UTC: as its folder says, else the latest of the `times` in
    it; null where there is none. For what is undated but was true then. -#}
{% macro newest_time_of_file(times, shop) -%}
    {%- set known = [] -%}
    {%- for time in times -%}
        {%- do known.append(parse_time(time, 'VARCHAR', shop)) -%}
    {%- endfor -%}
    cast(coalesce(
        {{ loaded_at() }},
        max(greatest({{ known | join(', ') }})) over (partition by raw_file)
    ) as {{ dbt.type_string() }}) || 'Z'
{%- endmacro %}
