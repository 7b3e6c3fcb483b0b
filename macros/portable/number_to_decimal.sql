{#- Text that looks like a number as a decimal, rounded half away from zero; null where it is too large. -#}
{% macro number_to_decimal(text, precision, scale) %}
    {{ return(adapter.dispatch('number_to_decimal')(text, precision, scale)) }}
{% endmacro %}

{#- With an exponent the last digit of its cast is wrong (5e-9 is .0001, 9e-17 too): it is cast with more digits first. -#}
{% macro duckdb__number_to_decimal(text, precision, scale) -%}
    case
        when contains({{ text }}, 'e') or contains({{ text }}, 'E')
            then try_cast(try_cast({{ text }} as decimal(38, 18)) as decimal({{ precision }}, {{ scale }}))
        else try_cast({{ text }} as decimal({{ precision }}, {{ scale }}))
    end
{%- endmacro %}

{% macro spark__number_to_decimal(text, precision, scale) -%}
    try_cast({{ text }} as decimal({{ precision }}, {{ scale }}))
{%- endmacro %}
