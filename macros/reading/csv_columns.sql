{#- The columns of a raw CSV file by its first line: a list of (name in lower case, type), all text. -#}
{% macro csv_columns(path, header) %}
    {% if not (header or '').strip() %}
        {{ exceptions.raise_compiler_error(path ~ ": no header line; the file is empty or not UTF-8 text") }}
    {% endif %}
    {% if header.count('"') % 2 %}
        {{ exceptions.raise_compiler_error(path ~ ": the header line has an open quote") }}
    {% endif %}
    {% do check_width(path, header.count(',') + 1) %}
    {% set columns = [] %}
    {% for name in csv_fields(header) %}
        {% do columns.append((name | trim | lower or 'unnamed_' ~ loop.index, 'VARCHAR')) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{#- Refuses a file of more columns than any table needs, before they are looked at one by one. -#}
{% macro check_width(path, columns) %}
    {% if columns > number_var('max_columns', 1) %}
        {{ exceptions.raise_compiler_error(
            path ~ ": " ~ columns ~ " columns, more than " ~ var('max_columns') ~ " (var max_columns)"
        ) }}
    {% endif %}
{% endmacro %}

{#- The names in a header line as they stand there. -#}
{% macro csv_fields(header) %}
    {% set names = [] %}
    {% for field in modules.re.findall('(?:^|,)("(?:[^"]|"")*"|[^,]*)', header) %}
        {% do names.append((field[1:-1] if field.startswith('"') else field) | replace('""', '"')) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}
