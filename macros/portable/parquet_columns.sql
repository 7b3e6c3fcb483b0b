{#- The columns of a raw Parquet file: a list of (name in lower case, type). -#}
{% macro parquet_columns(file) %}
    {{ return(adapter.dispatch('parquet_columns')(file)) }}
{% endmacro %}

{% macro duckdb__parquet_columns(file) %}
    {% set rows = parquet_rows({'paths': [file.path], 'partitions': []}) %}
    {{ return(query_columns('select * from ' ~ rows)) }}
{% endmacro %}
