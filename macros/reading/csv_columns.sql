{#- The columns of a raw CSV file by its first line: a list of (name in lower case, type), all text; none where the line is
    broken (`faults`: macro complain). -#}
{% macro csv_columns(path, header, delim=',', faults=none) %}
    {% set fault = "no header line; the file is empty or no UTF-8 text (then save it as CSV UTF-8)" if not (header or '').strip()
        else sign_of_excel(header, delim) if sign_of_excel(header, delim)
        else "the header line has an open quote" if header.count('"') % 2
        else width_fault(header.count(delim) + 1) %}
    {% if fault %}
        {% do complain(path ~ ": " ~ fault, faults) %}
        {{ return(none) }}
    {% endif %}
    {% set columns = [] %}
    {% for name in csv_fields(header, delim) %}
        {% do columns.append((trimmed_name(name) or 'unnamed_' ~ loop.index, 'VARCHAR')) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{#- The fault of a file whose first line tells Excel what divides its columns (sep=;); else none. -#}
{% macro sign_of_excel(header, delim) %}
    {% set told = modules.re.fullmatch('(?i)\ufeff?"?sep=(.)"?[,;\t]*\r?', header or '') %}
    {{ return(
        "its first line (sep=" ~ (told.group(1) | replace('\t', '\\t')) ~ ") is for Excel alone: remove it"
        ~ ("; its columns are divided by " ~ dividers()[told.group(1)]
            if told.group(1) != delim and told.group(1) in dividers() else '') if told else none
    ) }}
{% endmacro %}

{#- What is wrong with a file of more columns than any table needs, before they are looked at one by one; else none. -#}
{% macro width_fault(columns) %}
    {{ return(
        columns ~ " columns, more than " ~ var('max_columns') ~ " (var max_columns)"
        if columns > number_var('max_columns', 1) else none
    ) }}
{% endmacro %}

{#- The names in a header line as they stand there. -#}
{% macro csv_fields(header, delim=',') %}
    {% set names = [] %}
    {% for field in modules.re.findall('(?:^|[' ~ delim ~ '])("(?:[^"]|"")*"|[^' ~ delim ~ ']*)', header) %}
        {% do names.append((field[1:-1] if field.startswith('"') else field) | replace('""', '"')) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}
