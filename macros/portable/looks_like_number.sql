{#- Whether a text has the form of a number: ASCII digits, optional sign, point and exponent. -#}
{% macro looks_like_number(text) %}
    {{ return(adapter.dispatch('looks_like_number')(text)) }}
{% endmacro %}

{% macro duckdb__looks_like_number(text) -%}
    regexp_full_match({{ text }}, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?')
{%- endmacro %}

{% macro spark__looks_like_number(text) -%}
    {{ text }} rlike '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\\z'
{%- endmacro %}
