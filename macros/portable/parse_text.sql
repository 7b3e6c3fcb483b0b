{#- Text without the blanks around it; empty is null. `column` may be of any type. -#}
{% macro parse_text(column, type) %}
    {{ return(adapter.dispatch('parse_text')(column, type)) }}
{% endmacro %}

{% macro duckdb__parse_text(column, type) %}
    {%- if type == 'VARCHAR' -%}
        {#- nearly no text has a blank or control character at an end: only those are copied -#}
        case
            when {{ column }} < '!' or {{ column }}[-1] < '!'
                then nullif(trim({{ column }}, e' \t\r\n'), '')
            else {{ column }}
        end
    {%- elif '[' in type or type.startswith('STRUCT') or type.startswith('MAP') -%}
        cast(to_json({{ column }}) as varchar)
    {%- else -%}
        nullif(trim(cast({{ column }} as varchar), e' \t\r\n'), '')
    {%- endif -%}
{% endmacro %}

{% macro spark__parse_text(column, type) %}
    {%- if type == 'VARCHAR' -%}
        nullif(trim(both ' \t\r\n' from {{ column }}), '')
    {%- elif type.startswith('ARRAY') or type.startswith('STRUCT') or type.startswith('MAP') -%}
        to_json({{ column }}, map('ignoreNullFields', 'false'))
    {%- else -%}
        nullif(trim(both ' \t\r\n' from cast({{ column }} as string)), '')
    {%- endif -%}
{% endmacro %}
