{#- The rows of Parquet files with the same columns, in their own types: bytes that the file does not call text stay bytes (macro parse_text). -#}
{% macro parquet_rows(group) %}
    {{ return(adapter.dispatch('parquet_rows')(group)) }}
{% endmacro %}

{% macro duckdb__parquet_rows(group) %}
    {% set sql -%}
        read_parquet(
            {{ literal_paths(group.paths) }},
            hive_partitioning = false, filename = 'raw_file'
        )
    {%- endset %}
    {{ return(files_together(group, sql)) }}
{% endmacro %}

{% macro spark__parquet_rows(group) %}
    {{ return("(select *, _metadata.file_path as raw_file from parquet." ~ file_pattern(group.paths) ~ ")") }}
{% endmacro %}
