{#- What must be known of files of JSON lines (an object in each) before they are read: a dict of each path to {header, form,
    fault, bytes}, as csv_heads; `header` holds the names in its objects, a line each. -#}
{% macro json_heads(paths, is_packed=false) %}
    {{ return(adapter.dispatch('json_heads')(paths, is_packed) if paths else {}) }}
{% endmacro %}

{% macro duckdb__json_heads(paths, is_packed) %}
    {% set heads = csv_heads(paths, ',', is_packed) %}
    {% set found = run_query("
        with lines as (
            select
                raw_file,
                row_number() over (partition by raw_file) as line_number,
                line,
                json_valid(line) and json_type(case when json_valid(line) then line end) = 'OBJECT' as is_object
            from " ~ csv_lines(paths, is_packed) ~ "
        )

        select
            raw_file,
            min(line_number) filter (where not is_object and trim(line, ' \r\t') <> '') as first_fault,
            string_agg(distinct name, chr(10) order by name) as names
        from lines
        left join lateral (select unnest(json_keys(case when is_object then line end)) as name) on true
        group by raw_file
    ") %}
    {% for path, first_fault, names in found.rows %}
        {% do heads[path].update({'header': names or ''}) %}
        {% do heads[path].update({'fault': heads[path].fault or no_object(path, first_fault)}) if first_fault %}
    {% endfor %}
    {% for head in heads.values() if head.header is none %}
        {% do head.update({'header': ''}) %}
    {% endfor %}
    {{ return(heads) }}
{% endmacro %}

{% macro spark__json_heads(paths, is_packed) %}
    {% set heads = {} %}
    {% set found = run_query("
        with lines as (
            select
                url_decode(replace(_metadata.file_path, '+', '%2B')) as file,
                row_number() over (
                    partition by _metadata.file_path
                    order by _metadata.file_block_start, monotonically_increasing_id()
                ) as line_number,
                value,
                json_object_keys(value) as names
            from text." ~ file_pattern(paths) ~ " with ('lineSep' = '\\n')
        )

        select
            file,
            min(line_number) filter (where names is null and trim(both ' \\r\\t' from value) <> '') as first_fault,
            array_join(array_sort(array_distinct(flatten(collect_list(names)))), '\\n') as names
        from lines
        group by file
    ") %}
    {% for path in paths %}
        {% do heads.update({path: {'header': '', 'form': none, 'fault': none}}) %}
        {% for file, first_fault, names in found.rows if file.endswith(path) %}
            {% do heads.update({path: {
                'header': names or '', 'form': none, 'fault': no_object(path, first_fault) if first_fault,
            }}) %}
        {% endfor %}
    {% endfor %}
    {{ return(heads) }}
{% endmacro %}

{% macro no_object(path, line) %}
    {{ return(path ~ ", line " ~ line ~ ": no JSON object; JSON lines hold one in each line") }}
{% endmacro %}
