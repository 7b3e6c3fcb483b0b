{#- The rows of files of JSON lines whose objects have the same names, each value as text; one that is nested, as JSON. -#}
{% macro json_rows(group) %}
    {{ return(adapter.dispatch('json_rows')(group)) }}
{% endmacro %}

{#- All values of a line at once, so that it is parsed once. -#}
{% macro duckdb__json_rows(group) -%}
    (
        select
            raw_file
    {%- for key in group.json_keys %},
            found[{{ loop.index }}] as {{ quoted(key | lower) }}
    {%- endfor %}
        from (
            select
                raw_file,
                json_extract_string(line, [
    {%- for key in group.json_keys %}{{ literal('$."' ~ key ~ '"') }}{{ ', ' if not loop.last }}{% endfor -%}
                ]) as found
            from {{ csv_lines(group.paths, group.is_packed) }}
            where trim(line, ' \r\t') <> ''
        ) as objects
    )
{%- endmacro %}

{% macro spark__json_rows(group) -%}
    (
        select
            _metadata.file_path as raw_file
    {%- for key in group.json_keys %},
            get_json_object(value, {{ literal('$' ~ ("['%s']" | format(key))) }}) as {{ quoted(key | lower) }}
    {%- endfor %}
        from text.{{ file_pattern(group.paths) }} with ('lineSep' = '\n')
        where trim(both ' \r\t' from value) <> ''
    )
{%- endmacro %}
