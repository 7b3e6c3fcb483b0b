{#- The non-empty lines of a text file in their order (line_number, line), without a first line of names. -#}
{% macro text_lines(path) %}
    {{ return(adapter.dispatch('text_lines')(path)) }}
{% endmacro %}

{% macro duckdb__text_lines(path) %}
    {% set fault = csv_heads([path])[path].fault %}
    {% if fault %}
        {{ exceptions.raise_compiler_error(fault) }}
    {% endif %}
    (
        select
            row_number() over () as line_number,
            line
        from {{ csv_lines([path]) }}
        where regexp_matches(line, '[0-9]')
    )
{%- endmacro %}

{% macro spark__text_lines(path) %}
    (
        select
            row_number() over (order by position) as line_number,
            line
        from text.{{ file_pattern([path]) }} with ('wholetext' = 'true')
        lateral view posexplode(split(value, '\r?\n')) as position, line
        where line rlike '[0-9]'
    )
{%- endmacro %}
