{#- The columns of a raw Parquet file: a list of (name in lower case, type). -#}
{% macro parquet_columns(file) %}
    {{ return(adapter.dispatch('parquet_columns')(file)) }}
{% endmacro %}

{% macro duckdb__parquet_columns(file) %}
    {% set rows = parquet_rows({'paths': [file.path], 'partitions': []}) %}
    {% set columns = query_columns('select * exclude (raw_file) from ' ~ rows) %}
    {#- the engine renames the second of two columns that differ in case only: x_1 without such a column -#}
    {% set in_file = run_query(
        "select distinct lower(name) from parquet_schema(" ~ literal_paths([file.path]) ~ ")"
    ).columns[0].values() %}
    {% set honest = [] %}
    {% for name, type in columns %}
        {% do honest.append((name if name in in_file else name.rsplit('_', 1)[0], type)) %}
    {% endfor %}
    {{ return(honest) }}
{% endmacro %}

{% macro spark__parquet_columns(file) %}
    {{ return(query_columns('select * from parquet.' ~ file_pattern([file.path]))) }}
{% endmacro %}
