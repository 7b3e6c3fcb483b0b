{#- A boolean, from the words and numbers that tools write for one; null where it is none of them. -#}
{% macro parse_flag(column, type) %}
    {%- if type == 'BOOLEAN' -%}
        {{ column }}
    {%- else -%}
        case
            when lower({{ column }}) in ('true', 't', 'yes', 'y', '1', '1.0') then true
            when lower({{ column }}) in ('false', 'f', 'no', 'n', '0', '0.0') then false
        end
    {%- endif -%}
{% endmacro %}
