{#- The rows of a workbook as text; rows in which nothing stands are none.

    Of a cell the engine's reader gives the value as it is written: of a date the days since 1900, which is made one again
    where all numbers of a column are dates; of other numbers up to 17 digits, of which no more are kept than tell it from others. -#}
{% macro xlsx_rows(group) %}
    {% set form = group.form %}
    {% set fields = [] %}
    {% set cells = [] %}
    {% for name, type in group.columns %}
        {% set cell = xlsx_name(loop.index) %}
        {% set kind = form.columns[loop.index0].kind %}
        {% do cells.append(cell) %}
        {% do fields.append(
            (xlsx_date(cell, kind, form.is_1904) if kind in ('date', 'time') else xlsx_number(cell) if kind == 'number' else cell)
            ~ ' as ' ~ quoted(name)
        ) %}
    {% endfor %}
    {% set rows = xlsx_cells(form) if form.range
        else '(select ' ~ ((['cast(null as varchar)'] * (cells | length)) | join(', ')) ~ ') as cells(' ~ (cells | join(', ')) ~ ')' %}
    {{ return(
        '(select ' ~ (fields | join(', ')) ~ ', ' ~ literal(form.path) ~ ' as raw_file from ' ~ rows
        ~ ' where coalesce(' ~ (cells | join(', ')) ~ ') is not null)'
    ) }}
{% endmacro %}

{#- The cells of a sheet below its header. -#}
{% macro xlsx_cells(form) -%}
    {%- set names = [] -%}
    {%- for column in form.columns -%}
        {%- do names.append(xlsx_name(loop.index)) -%}
    {%- endfor -%}
    read_xlsx(
        {{ literal(form.path) }}, sheet = {{ literal(form.sheet) }}, range = {{ literal(form.range) }},
        header = false, all_varchar = true, stop_at_empty = false
    ) as cells({{ names | join(', ') }})
{%- endmacro %}

{% macro xlsx_name(number) %}
    {{ return('cell_' ~ number) }}
{% endmacro %}

{#- A date, or a time to the millisecond, of the days since 1900 (in which there was a 29th of February) or 1904; other text stays. -#}
{% macro xlsx_date(cell, kind, is_1904) -%}
    {%- set days = 'try_cast(' ~ cell ~ ' as double)' -%}
    {%- set first = "timestamp '1904-01-01'" if is_1904 else "timestamp '1899-12-30'" -%}
    {%- set leap = '' if is_1904 else ' + case when ' ~ days ~ ' < 60 then 86400000 else 0 end' -%}
    {%- set moment = first ~ ' + to_milliseconds(cast(round(' ~ days ~ ' * 86400000)' ~ leap ~ ' as bigint))' -%}
    case
        when {{ days }} >= 0 and {{ days }} < 2958466
            then cast({{ 'cast(' ~ moment ~ ' as date)' if kind == 'date' else moment }} as varchar)
        else {{ cell }}
    end
{%- endmacro %}

{% macro xlsx_number(cell) -%}
    case
        when length({{ cell }}) > 15 and regexp_full_match({{ cell }}, '-?[0-9]+[.][0-9]+')
            then cast(cast({{ cell }} as double) as varchar)
        else {{ cell }}
    end
{%- endmacro %}
