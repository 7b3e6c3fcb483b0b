{#- A number as decimal, rounded half away from zero; null where it is no number or too large for one.

    Text: ASCII digits with an optional sign, point and exponent, nothing else. A float is its shortest text: 3.15595
    is rounded up, though what is stored lies a little below it. -#}
{% macro parse_decimal(column, type, precision, scale) %}
    {%- if type in ('DOUBLE', 'FLOAT') -%}
        {{ parse_decimal('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')', 'VARCHAR', precision, scale) }}
    {%- elif type != 'VARCHAR' -%}
        try_cast({{ column }} as decimal({{ precision }}, {{ scale }}))
    {%- else -%}
        case
            when {{ looks_like_number(column) }} then {{ number_to_decimal(column, precision, scale) }}
        end
    {%- endif -%}
{% endmacro %}
