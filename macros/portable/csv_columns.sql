{#- The columns of a raw CSV file by its first line: a list of (name in lower case, type), all text. -#}
{% macro csv_columns(file) %}
    {{ return(adapter.dispatch('csv_columns')(file)) }}
{% endmacro %}

{% macro duckdb__csv_columns(file) %}
    {% set path = literal_path(file.path) %}
    {% set lines = [] %}
    {% for skips in ('false', 'true') %}
        {% do lines.append((run_query(
            "select line from read_csv('" ~ path ~ "', auto_detect = false, header = " ~ skips ~ ", quote = '', "
            ~ "escape = '', delim = '\x01', strict_mode = false, ignore_errors = true, "
            ~ "max_line_size = 10000000, "
            ~ "columns = {'line': 'varchar'}) limit 1"
        ).columns[0].values() | list + [none])[0]) %}
    {% endfor %}
    {# a header that is not UTF-8 is left out: then the first line is the second, too #}
    {% if not (lines[0] or '').strip() or lines[0] == lines[1] %}
        {{ exceptions.raise_compiler_error(file.path ~ ": no header line; the file is empty or not UTF-8 text") }}
    {% endif %}
    {% if lines[0].count('"') % 2 %}
        {{ exceptions.raise_compiler_error(file.path ~ ": the header line has an open quote") }}
    {% endif %}
    {% set columns = [] %}
    {% for field in modules.re.findall('(?:^|,)("(?:[^"]|"")*"|[^,]*)', lines[0]) %}
        {% set name = (field[1:-1] if field.startswith('"') else field) | replace('""', '"') %}
        {% set name = name | trim | lower %}
        {% do columns.append((name or 'unnamed_' ~ loop.index, 'VARCHAR')) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
