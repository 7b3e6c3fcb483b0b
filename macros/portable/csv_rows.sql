{#- The rows of CSV files with the same columns, strictly read, everything as text.

    Nothing is detected: guessing the dialect and padding short rows both lose rows without a word. One thread
    reads a file: several have refused good files whose long quoted texts hold lines that look like rows. `options`
    are more of the engine's own, each with a comma behind it. -#}
{% macro csv_rows(group, options='') %}
    {{ return(adapter.dispatch('csv_rows')(group, options)) }}
{% endmacro %}

{% macro duckdb__csv_rows(group, options='') %}
    {% set columns = [] %}
    {% for name, type in group.columns %}
        {% do columns.append("'" ~ dbt.escape_single_quotes(name) ~ "': '" ~ type ~ "'") %}
    {% endfor %}
    {% set paths = [] %}
    {% for path in group.paths %}
        {% do paths.append("'" ~ literal_path(path) ~ "'") %}
    {% endfor %}
    {% set sql -%}
        read_csv(
            [{{ paths | join(', ') }}],
            auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
            strict_mode = true, null_padding = false, max_line_size = 10000000, parallel = false,
            {{ options }}
            hive_partitioning = false, filename = 'raw_file',
            columns = { {{- columns | join(', ') -}} }
        )
    {%- endset %}
    {{ return(sql) }}
{% endmacro %}
