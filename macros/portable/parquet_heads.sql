{#- What must be known of Parquet files before they are read: a dict of each path to {header, form, fault, bytes}.

    Files of the same `header` have the same columns and types; `fault` is what is wrong with the file, and `bytes` its
    size, where that is known. -#}
{% macro parquet_heads(paths) %}
    {{ return(adapter.dispatch('parquet_heads')(paths) if paths else {}) }}
{% endmacro %}

{#- A file says how many rows and columns it has: what is beyond all measure is refused before it is unpacked. -#}
{% macro duckdb__parquet_heads(paths) %}
    {% set found = run_query("
        select
            files.file_name,
            any_value(files.num_rows) as rows,
            any_value(files.file_size_bytes) as bytes,
            count(columns.name) - 1 as columns,
            md5(cast(list(
                {'name': columns.name, 'type': columns.duckdb_type, 'parts': columns.num_children}
                order by columns.column_id
            ) as varchar)) as header
        from parquet_file_metadata(" ~ literal_paths(paths) ~ ") as files
        inner join parquet_schema(" ~ literal_paths(paths) ~ ") as columns on files.file_name = columns.file_name
        group by files.file_name
    ") %}
    {% set limit = number_var('max_rows_per_byte') %}
    {% set heads = {} %}
    {% for path, rows, bytes, columns, header in found.rows %}
        {% set width = width_fault(columns) %}
        {% do heads.update({path: refused_head(path ~ ": " ~ width) if width else {
            'header': header,
            'form': none,
            'bytes': bytes,
            'fault': path ~ ": " ~ rows ~ " rows in " ~ bytes ~ " bytes, more than " ~ limit
                ~ " in each (var max_rows_per_byte)" if rows > limit * bytes,
        }}) %}
    {% endfor %}
    {{ return(heads) }}
{% endmacro %}

{% macro spark__parquet_heads(paths) %}
    {% set heads = {} %}
    {% for path in paths %}
        {% set columns = query_columns('select * from parquet.' ~ file_pattern([path])) %}
        {% set width = width_fault(columns | length) %}
        {% do heads.update({path: refused_head(path ~ ": " ~ width) if width else {
            'header': columns | string, 'form': none, 'fault': none,
        }}) %}
    {% endfor %}
    {{ return(heads) }}
{% endmacro %}
