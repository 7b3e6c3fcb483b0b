{#- The rows of CSV files with the same columns, strictly read, everything as text.

    Nothing is detected: guessing the dialect and padding short rows both lose rows without a word. So
    does reading with `parallel = false`: it drops an open quote and all behind it. `options`
    are more of the engine's own, each with a comma behind it. -#}
{% macro csv_rows(group, options='') %}
    {{ return(adapter.dispatch('csv_rows')(group, options)) }}
{% endmacro %}

{% macro duckdb__csv_rows(group, options='') %}
    {% set columns = [] %}
    {% for name, type in group.columns %}
        {% do columns.append(literal(name) ~ ': ' ~ literal(type)) %}
    {% endfor %}
    {% set sql -%}
        read_csv(
            {{ literal_paths(group.paths) }},
            auto_detect = false, header = true, delim = {{ literal(group.delim) }}, quote = '"', escape = '"',
            {{ compression(group.is_packed) }},
            strict_mode = true, null_padding = false, {{ line_sizes() }}, {{ options }}
            hive_partitioning = false, filename = 'raw_file',
            columns = { {{- columns | join(', ') -}} }
        )
    {%- endset %}
    {{ return(files_together(group, sql)) }}
{% endmacro %}

{% macro spark__csv_rows(group, options='') %}
    {% set fields = [] %}
    {% set names = group.form.names | map('lower') | list %}
    {% for name in group.form.names %}
        {% set named = group.columns[loop.index0][0] %}
        {#- the engine numbers names that are empty or there again -#}
        {% set read = '_c' ~ loop.index0 if not name else name ~ loop.index0 if names.count(name | lower) > 1 else name %}
        {% do fields.append(quoted(read) ~ ' as ' ~ quoted(named)) %}
    {% endfor %}
    {% set sql -%}
        (
            select {{ fields | join(', ') }}, _metadata.file_path as raw_file
            from csv.{{ file_pattern(group.paths) }} with (
                'header' = 'true', 'sep' = {{ literal(group.delim) }}, 'mode' = 'FAILFAST', 'escape' = '"', 'unescapedQuoteHandling' = 'RAISE_ERROR',
                'multiLine' = {{ literal(group.form.is_multiline | lower) }}
            )
        )
    {%- endset %}
    {{ return(sql) }}
{% endmacro %}

{#- Rows of many small files, put together first: DuckDB writes each file's rows into a table by themselves, which
    costs more than to read them. Large ones are read as they are, as they would not fit into memory. -#}
{% macro files_together(group, sql) %}
    {% set are_small = group.paths | length > 100 and group.sizes | sum < 100000000 %}
    {{ return('(with small_files as materialized (from ' ~ sql ~ ') from small_files)' if are_small else sql) }}
{% endmacro %}
