{#- Whether a text is a whole number as a spreadsheet shows it when it is long (4.36601E+11): the digits behind are lost. -#}
{% macro has_lost_digits(text) %}
    {{ return(adapter.dispatch('has_lost_digits')(text)) }}
{% endmacro %}

{% macro duckdb__has_lost_digits(text) -%}
    (contains({{ text }}, '+') and regexp_full_match({{ text }}, '[+-]?[0-9]([.,][0-9]+)?[eE][+][0-9]+'))
{%- endmacro %}

{% macro spark__has_lost_digits(text) -%}
    (contains({{ text }}, '+') and {{ text }} rlike '^[+-]?[0-9]([.,][0-9]+)?[eE][+][0-9]+\\z')
{%- endmacro %}
