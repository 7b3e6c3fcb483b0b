{#- The columns of a group of raw files for a select list: the files' own, those that folders name (country=DE/), and raw_file.

    Only folders below the shop's own count. A folder's value stands before a column of the same name. -#}
{% macro partition_columns(group, root) %}
    {{ return(adapter.dispatch('partition_columns')(group, root)) }}
{% endmacro %}

{% macro duckdb__partition_columns(group, root) %}
    {%- set below = "substr(raw_file, " ~ (group.paths[0].index(root) + (root | length) + 1) ~ ")" -%}
    {%- set fields = [] -%}
    {%- for name, type in group.columns if name not in group.partitions -%}
        {%- do fields.append(quoted(name)) -%}
    {%- endfor -%}
    {%- for name in group.partitions -%}
        {%- set pattern = "(?i)/" ~ modules.re.escape(name) ~ "=([^/]*)/" -%}
        {%- do fields.append(
            "nullif(url_decode(regexp_extract(" ~ below ~ ", " ~ literal(pattern)
            ~ ", 1)), '__HIVE_DEFAULT_PARTITION__') as " ~ quoted(name)
        ) -%}
    {%- endfor -%}
    {{ return((fields + ['raw_file']) | join(', ')) }}
{%- endmacro %}

{% macro spark__partition_columns(group, root) %}
    {#- the engine gives the file's address, in which signs stand as %xx, once more than in the folder's name -#}
    {%- set address = "url_decode(replace(raw_file, '+', '%2B'))" -%}
    {%- set below = "substr(" ~ address ~ ", instr(" ~ address ~ ", " ~ literal(root) ~ ") + "
        ~ (root | length) ~ ")" -%}
    {%- set fields = [] -%}
    {%- for name, type in group.columns if name not in group.partitions -%}
        {#- times have microseconds in the contract, and functions know no finer ones -#}
        {%- do fields.append(
            'cast(' ~ quoted(name) ~ ' as timestamp) as ' ~ quoted(name) if type == 'TIMESTAMP_NS'
            else quoted(name)
        ) -%}
    {%- endfor -%}
    {%- for name in group.partitions -%}
        {%- set pattern = "(?i)/" ~ modules.re.escape(name) ~ "=([^/]*)/" -%}
        {%- do fields.append(
            "nullif(url_decode(replace(regexp_extract(" ~ below ~ ", " ~ literal(pattern)
            ~ ", 1), '+', '%2B')), '__HIVE_DEFAULT_PARTITION__') as " ~ quoted(name)
        ) -%}
    {%- endfor -%}
    {{ return((fields + ['raw_file']) | join(', ')) }}
{%- endmacro %}
