{#- A raw table (macro raw_table) of exports that overlap: of each `key` (an expression of columns, or a list of columns) only the
    rows of the newest file that holds it, as its rows belong together. How new a file is says macro file_ranks. -#}
{% macro newest_files(shop, table, key, times) %}
    {%- set rows = raw_table(shop, table) -%}
    {%- if not has_files(shop, table, 2) -%}
        {{ return(rows) }}
    {%- endif -%}
(
    with rows_of_files as (
        select
            *,
            {{ key if key is string else joined_texts(key) }} as file_key
        from {{ rows }} as raw_rows
    ),

    files as (
        {{ file_ranks('rows_of_files', times) }}
    ),

    newest as (
        select
            rows_of_files.file_key,
            max(files.file_rank) as file_rank
        from rows_of_files
        inner join files on rows_of_files.raw_file = files.raw_file
        group by rows_of_files.file_key
    )

    select rows_of_files.*
    from rows_of_files
    inner join files on rows_of_files.raw_file = files.raw_file
    inner join newest
        on rows_of_files.file_key is not distinct from newest.file_key and files.file_rank = newest.file_rank
)
{%- endmacro %}

{#- A select of how new each raw_file of a relation is: file_rank, from 1, the newest last. The folder that it lies in says so
    (_loaded_at=…/), else the latest of the `times` in it; of files equally new the last by name. Times of one offset are in
    order as texts, so only the last of each offset is parsed. -#}
{% macro file_ranks(relation, times) -%}
    {%- set earliest = "cast('0001-01-01' as timestamp)" -%}
    select
        raw_file,
        row_number() over (order by
            coalesce({{ loaded_at() }}, {{ earliest }}),
            latest,
            raw_file
        ) as file_rank
    from (
        select
            raw_file,
            max(greatest({{ earliest }}
            {%- for time in times %}, {{ parse_time(time, 'VARCHAR') }}{% endfor %}, {{ earliest }})) as latest
        from (
            select
                raw_file
                {%- for time in times %},
                max(case when {{ time }} < '3' then {{ time }} end) as {{ time }}
                {%- endfor %}
            from {{ relation }}
            group by
                raw_file
                {%- for time in times %},
                right({{ time }}, 6)
                {%- endfor %}
        ) as last_of_offsets
        group by raw_file
    ) as last_of_files
{%- endmacro %}

{#- When a raw file was delivered, as a raw time, where its folder says so; else an empty text. -#}
{% macro folder_time() -%}
    replace(regexp_extract(raw_file, '_loaded_at=([^/]*)/', 1), '%3A', ':')
{%- endmacro %}

{#- Whether a shop has files of a raw table: so many at least. -#}
{% macro has_files(shop, table, number=1) %}
    {{ return(raw_files(shop, table, shop_files(shop)) | length >= number) }}
{% endmacro %}

{#- The same as a timestamp; null where the folder does not say it. -#}
{% macro loaded_at() -%}
    {{ parse_time(folder_time(), 'VARCHAR') }}
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

{#- Several columns as one text; equal where all are. -#}
{% macro joined_texts(columns) -%}
    {%- for column in columns -%}
        {{ " || '|' || " if not loop.first }}coalesce({{ column }}, '')
    {%- endfor -%}
{%- endmacro %}
