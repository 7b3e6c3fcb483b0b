{#- What must be known of CSV files before they are read: a dict of each path to {header, form, fault, bytes}.

    Fields are divided by `delim`; packed files (.gz) are unpacked, others than UTF-8 read by their `encoding`. `header` is the first line, none where it is not of the encoding; files of different `form` cannot be read together;
    `fault` is what is wrong with the file, and `bytes` its size, where that is already known. -#}
{% macro csv_heads(paths, delim=',', is_packed=false, encoding='utf-8') %}
    {{ return(adapter.dispatch('csv_heads')(paths, delim, is_packed, encoding) if paths else {}) }}
{% endmacro %}

{#- One reading of all files as lines. It also counts what it reads: of a line that is longer than the reader's
    buffer a part is lost without a word, here and where rows are read, so every byte must be in a line. Of a packed
    file nobody says how many bytes there are: it may not unpack to more than any shop's file would. -#}
{% macro duckdb__csv_heads(paths, delim, is_packed, encoding) %}
    {% for table in ('line_faults', 'line_scans') %}
        {% do run_query('drop table if exists temp.main.' ~ table) %}
    {% endfor %}
    {% set found = run_query("
        select
            lines.raw_file,
            lines.header,
            lines.bytes,
            sizes.size
        from (
            select raw_file, first(line) as header, count(*) + coalesce(sum(" ~ ('strlen' if encoding == 'utf-8' else 'length') ~ "(line)), 0) as bytes
            from " ~ csv_lines(paths, is_packed, "encoding = " ~ literal(encoding) ~ ", store_rejects = true, rejects_limit = 1,
                rejects_table = 'line_faults', rejects_scan = 'line_scans',") ~ "
            group by raw_file
        ) as lines
        inner join (select filename, size from read_blob(" ~ literal_paths(paths) ~ ")) as sizes
            on lines.raw_file = sizes.filename
    ") %}
    {% set bad_headers = run_query("
        select scans.file_path
        from temp.main.line_faults as faults
        inner join temp.main.line_scans as scans using (scan_id, file_id)
        where faults.line = 1
    ").columns[0].values() %}
    {% set limit = number_var('max_line_bytes', 1) %}
    {% set heads = {} %}
    {% for path in paths %}
        {% do heads.update({path: {'header': none, 'form': none, 'fault': none}}) %}
    {% endfor %}
    {% set most = number_var('max_unpacked_share', 1) %}
    {% for path, header, bytes, size in found.rows %}
        {% set fault = namespace(text=none) %}
        {#- three bytes may be the mark of UTF-8 -#}
        {% if not is_packed and size - bytes > 3 %}
            {% set fault.text = path ~ ": " ~ (size - bytes) ~ " bytes are in no line of " ~ encoding | upper ~ " text of at most " ~ limit
                ~ " bytes (var max_line_bytes)" %}
        {% elif is_packed and bytes > most * size %}
            {% set fault.text = path ~ ": " ~ size ~ " bytes unpack to " ~ bytes ~ ", more than " ~ most
                ~ " from each (var max_unpacked_share)" %}
        {% endif %}
        {% do heads.update({path: {
            'header': header if path not in bad_headers, 'form': none, 'bytes': bytes, 'fault': fault.text,
        }}) %}
    {% endfor %}
    {{ return(heads) }}
{% endmacro %}

{#- The lines of text files as something to select `line` and `raw_file` from, each file in the order of its lines;
    every sign that ends a line is counted, so of two (\r\n) the second ends an empty line. -#}
{% macro csv_lines(paths, is_packed=false, options='') -%}
    read_csv(
        {{ literal_paths(paths) }},
        auto_detect = false, header = false, delim = {{ literal('\x01\x02\x03\x04') }}, quote = '', escape = '',
        strict_mode = false, parallel = false, new_line = '\n', {{ compression(is_packed) }}, {{ line_sizes() }}, {{ options }}
        filename = 'raw_file', columns = {'line': 'varchar'}
    )
{%- endmacro %}

{#- Whether files are unpacked, whatever the case of their ending, for DuckDB's reader. -#}
{% macro compression(is_packed) -%}
    compression = {{ literal('gzip' if is_packed else 'none') }}
{%- endmacro %}

{#- How long a line may be, for DuckDB's reader: a longer one is a fault, if it fits into the buffer. -#}
{% macro line_sizes() -%}
    max_line_size = {{ number_var('max_line_bytes', 1) }}, buffer_size = {{ [number_var('max_line_bytes', 1), 32000000] | max }}
{%- endmacro %}

{#- One reading of all files as lines. A file of which every line is a row of its own is seen to be sound by
    them alone; any other (it has an open quote, line breaks in quotes or of more than one kind, or a fault) is
    looked at once more as a whole, by csv_fault. -#}
{% macro spark__csv_heads(paths, delim, is_packed, encoding) %}
    {% set limit = number_var('max_line_bytes', 1) %}
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
                not is_valid_utf8(value) or length(value) > " ~ limit ~ " or without_quotes rlike " ~ literal('(^|[' ~ delim ~ '])[ \\t]*"') ~ "
            ) as is_doubtful,
            sum(length(value) - length(replace(value, '\\r', ''))) as returns,
            count(*) filter (where endswith(value, '\\r')) as lines_with_return,
            count(*) as lines
        from (
            select
                *,
                value in ('', '\\r') as is_blank,
                length(without_quotes) - length(replace(without_quotes, " ~ literal(delim) ~ ", '')) + 1 as fields
            from (
                select
                    *,
                    case
                        when contains(value, '\"') then " ~ without_quotes('value', delim) ~ "
                        else value
                    end as without_quotes
                from (
                    select
                        " ~ decoded('value', encoding) ~ " as value,
                        _metadata.file_path as file,
                        struct(_metadata.file_block_start, monotonically_increasing_id()) as position
                    from text." ~ file_pattern(paths) ~ " with ('lineSep' = '\\n')
                ) as decoded_lines
            ) as lines
        ) as measured_lines
        group by file
    ") %}
    {% for row in found.rows %}
        {% for path in paths if row[0].endswith(path) %}
            {% set header = (row[1] or '').lstrip('\ufeff').split('\r')[0] %}
            {% set names = csv_fields(header, delim) %}
            {% set fields = names | length %}
            {% set is_doubtful = row[2] != fields or row[3] != fields or row[4] or row[5] != row[6]
                or row[6] not in (0, row[7]) %}
            {% set whole = csv_whole(path, fields, delim, encoding) if is_doubtful else {'is_multiline': false, 'fault': none} %}
            {% do heads.update({path: {
                'header': none if '\ufffd' in header else header,
                'form': {'names': names, 'is_multiline': whole.is_multiline},
                'fault': whole.fault,
            }}) %}
        {% endfor %}
    {% endfor %}
    {{ return(heads) }}
{% endmacro %}

{#- A text that Spark has taken for UTF-8 by the encoding that it has. -#}
{% macro decoded(text, encoding) -%}
    {{ text if encoding == 'utf-8' else "decode(cast(" ~ text ~ " as binary), 'ISO-8859-1')" }}
{%- endmacro %}

{#- Text of a CSV file in which every field in quotes is a letter: what quotes are left are in the wrong place. -#}
{% macro without_quotes(text, delim) -%}
    regexp_replace(
        {{ text }}, {{ literal('(?<![^' ~ delim ~ '\\r\\n])"[^"]*(?:""[^"]*)*+"(?![^' ~ delim ~ '\\r\\n])') }}, 'q'
    )
{%- endmacro %}

{#- Whether rows of a CSV file go over several lines, and its first fault, from its whole text. -#}
{% macro csv_whole(path, fields, delim, encoding) %}
    {% set limit = number_var('max_line_bytes', 1) %}
    {% set found = run_query("
        with files as (
            select
                regexp_replace(" ~ decoded('value', encoding) ~ ", '^\\ufeff', '') as text,
                is_valid_utf8(" ~ decoded('value', encoding) ~ ") as is_unicode
            from text." ~ file_pattern([path]) ~ " with ('wholetext' = 'true')
        ),

        cleaned as (
            select text, is_unicode, " ~ without_quotes('text', delim) ~ " as without_quotes
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
                    when line rlike " ~ literal('(^|[' ~ delim ~ '])[ \\t]+"') ~ " then 'A blank stands before a quote'
                    when line rlike " ~ literal('(^|[' ~ delim ~ '])"') ~ " then 'Value with unterminated quote found'
                    when length(line) > " ~ limit ~ " then "
                        ~ literal('Maximum line size of ' ~ limit ~ ' bytes exceeded') ~ "
                    when line <> '' and length(line) - length(replace(line, " ~ literal(delim) ~ ", '')) + 1 <> " ~ fields ~ "
                        then " ~ literal('Expected Number of Columns: ' ~ fields ~ ' Found: ') ~ "
                            || (length(line) - length(replace(line, " ~ literal(delim) ~ ", '')) + 1)
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
