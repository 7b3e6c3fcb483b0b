{#- A number as decimal, rounded half away from zero; null where it is no number or too large for one.

    Text: ASCII digits with an optional sign, point and exponent, nothing else. -#}
{% macro parse_decimal(column, type, precision, scale) %}
    {%- if type != 'VARCHAR' -%}
        try_cast({{ column }} as decimal({{ precision }}, {{ scale }}))
    {%- else -%}
        case
            when {{ looks_like_number(column) }}
                then try_cast({{ column }} as decimal({{ precision }}, {{ scale }}))
        end
    {%- endif -%}
{% endmacro %}
