{#- A text as a number from 0 to below 1, that is the same in every build: the first eight hexadecimal digits of its md5. -#}
{% macro hash_share(text) -%}
    {{ hexadecimal_number('substr(' ~ dbt.hash(text) ~ ', 1, 8)') }} / 4294967296e0
{%- endmacro %}

{#- What up to 15 hexadecimal digits are as a number. -#}
{% macro hexadecimal_number(digits) %}
    {{ return(adapter.dispatch('hexadecimal_number')(digits)) }}
{% endmacro %}

{% macro duckdb__hexadecimal_number(digits) -%}
    cast('0x' || {{ digits }} as bigint)
{%- endmacro %}

{% macro spark__hexadecimal_number(digits) -%}
    cast(conv({{ digits }}, 16, 10) as bigint)
{%- endmacro %}
