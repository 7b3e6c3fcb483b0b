{#- What must be known of CSV files before they are read: a dict of each path to {header, form, fault}.

    `header` is the first line, none where it is not UTF-8; files of different `form` cannot be read together;
    `fault` is what is wrong with the file, where that is already known. -#}
{% macro csv_heads(paths) %}
    {{ return(adapter.dispatch('csv_heads')(paths) if paths else {}) }}
{% endmacro %}

{% macro duckdb__csv_heads(paths) %}
    {% set heads = {} %}
    {% for path in paths %}
        {% set lines = [] %}
        {% for skips in ('false', 'true') %}
            {% do lines.append((run_query(
                "select line from read_csv('" ~ literal_path(path) ~ "', auto_detect = false, header = " ~ skips
                ~ ", quote = '', escape = '', delim = '\x01', strict_mode = false, ignore_errors = true, "
                ~ "max_line_size = 10000000, "
                ~ "columns = {'line': 'varchar'}) limit 1"
            ).columns[0].values() | list + [none])[0]) %}
        {% endfor %}
        {# a header that is not UTF-8 is left out: then the first line is the second, too #}
        {% do heads.update({path: {'header': lines[0] if lines[0] != lines[1], 'form': none, 'fault': none}}) %}
    {% endfor %}
    {{ return(heads) }}
{% endmacro %}

{#- One reading of all files as lines. A file of which every line is a row of its own is seen to be sound by
    them alone; any other (it has an open quote, line breaks in quotes or of more than one kind, or a fault) is
    looked at once more as a whole, by csv_fault. -#}
{% macro spark__csv_heads(paths) %}
    {% set heads = {} %}
    {% for path in paths %}
        {% do heads.update({path: {'header': none, 'form': none, 'fault': none}}) %}
    {% endfor %}
    {% set found = run_query("
        select
            url_decode(replace(file, '+', '%2B')) as file,
            min_by(value, position) as header,
            min(fields) filter (where not is_blank) as least_fields,
            max(fields) filter (where not is_blank) as most_fields,
            bool_or(
                not is_valid_utf8(value) or length(value) > 10000000 or without_quotes rlike '(^|,)[ \\t]*\"'
            ) as is_doubtful,
            sum(length(value) - length(replace(value, '\\r', ''))) as returns,
            count(*) filter (where endswith(value, '\\r')) as lines_with_return,
            count(*) as lines
        from (
            select
                *,
                value in ('', '\\r') as is_blank,
                length(without_quotes) - length(replace(without_quotes, ',', '')) + 1 as fields
            from (
                select
                    value,
                    _metadata.file_path as file,
                    struct(_metadata.file_block_start, monotonically_increasing_id()) as position,
                    case
                        when contains(value, '\"') then " ~ without_quotes('value') ~ "
                        else value
                    end as without_quotes
                from text." ~ file_pattern(paths) ~ " with ('lineSep' = '\\n')
            ) as lines
        ) as measured_lines
        group by file
    ") %}
    {% for row in found.rows %}
        {% for path in paths if row[0].endswith(path) %}
            {% set header = (row[1] or '').lstrip('\ufeff').split('\r')[0] %}
            {% set names = csv_fields(header) %}
            {% set fields = names | length %}
            {% set is_doubtful = row[2] != fields or row[3] != fields or row[4] or row[5] != row[6]
                or row[6] not in (0, row[7]) %}
            {% set whole = csv_whole(path, fields) if is_doubtful else {'is_multiline': false, 'fault': none} %}
            {% do heads.update({path: {
                'header': none if '\ufffd' in header else header,
                'form': {'names': names, 'is_multiline': whole.is_multiline},
                'fault': whole.fault,
            }}) %}
        {% endfor %}
    {% endfor %}
    {{ return(heads) }}
{% endmacro %}

{#- Text of a CSV file in which every field in quotes is a letter: what quotes are left are in the wrong place. -#}
{% macro without_quotes(text) -%}
    regexp_replace({{ text }}, '(?<![^,\\r\\n])"[^"]*(?:""[^"]*)*+"(?![^,\\r\\n])', 'q')
{%- endmacro %}

{#- Whether rows of a CSV file go over several lines, and its first fault, from its whole text. -#}
{% macro csv_whole(path, fields) %}
    {% set found = run_query("
        with files as (
            select
                regexp_replace(cast(content as string), '^\\ufeff', '') as text,
                is_valid_utf8(cast(content as string)) as is_unicode
            from binaryFile." ~ file_pattern([path]) ~ "
        ),

        cleaned as (
            select text, is_unicode, " ~ without_quotes('text') ~ " as without_quotes
            from files
        ),

        rows as (
            select line_number + 1 as line_number, line, is_unicode
            from cleaned
            lateral view posexplode(split(without_quotes, '\\r\\n|\\r|\\n')) as line_number, line
        ),

        faults as (
            select
                line_number,
                case
                    when not is_unicode and contains(line, '\ufffd') then 'Invalid unicode (byte sequence mismatch)'
                    when line rlike '(^|,)[ \\t]+\"' then 'A blank stands before a quote'
                    when line rlike '(^|,)\"' then 'Value with unterminated quote found'
                    when length(line) > 10000000 then 'Maximum line size of 10000000 bytes exceeded'
                    when line <> '' and length(line) - length(replace(line, ',', '')) + 1 <> " ~ fields ~ "
                        then 'Expected Number of Columns: " ~ fields ~ " Found: '
                            || (length(line) - length(replace(line, ',', '')) + 1)
                end as fault
            from rows
        )

        select
            bool_or(
                length(text) - length(translate(text, '\\r\\n', ''))
                <> length(without_quotes) - length(translate(without_quotes, '\\r\\n', ''))
            ) as is_multiline,
            bool_or(without_quotes rlike '\\r\\n' and without_quotes rlike '(?<!\\r)\\n|\\r(?!\\n)'
                or without_quotes rlike '(?<!\\r)\\n' and without_quotes rlike '\\r(?!\\n)') as has_mixed_ends,
            (select min_by('line ' || line_number || ': ' || fault, line_number) from faults where fault is not null)
                as fault
        from cleaned
    ").rows[0] %}
    {% set fault = ': cannot be read as CSV; are its line ends mixed?' if found[1]
        else (', ' ~ found[2] if found[2]) %}
    {{ return({'is_multiline': found[0], 'fault': path ~ fault if fault else none}) }}
{% endmacro %}
