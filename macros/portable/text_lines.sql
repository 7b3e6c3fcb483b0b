{#- The non-empty lines of a text file in their order (line_number, line), without a first line of names. -#}
{% macro text_lines(path) %}
    {{ return(adapter.dispatch('text_lines')(path)) }}
{% endmacro %}

{% macro duckdb__text_lines(path) %}
    (
        select
            row_number() over () as line_number,
            line
        from read_csv(
            '{{ literal_path(path) }}', auto_detect = false, header = false, quote = '',
            escape = '', delim = '\x01', strict_mode = false, columns = {'line': 'varchar'}
        )
        where regexp_matches(line, '[0-9]')
    )
{%- endmacro %}

{% macro spark__text_lines(path) %}
    (
        select
            row_number() over (order by position) as line_number,
            line
        from text.`{{ literal_path(path) }}` with ('wholetext' = 'true')
        lateral view posexplode(split(value, '\r?\n')) as position, line
        where line rlike '[0-9]'
    )
{%- endmacro %}
