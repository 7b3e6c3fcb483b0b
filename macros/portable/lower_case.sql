{#- Text in lower case, letter by letter: İ is i, and Σ is σ also at the end of a word. -#}
{% macro lower_case(text) %}
    {{ return(adapter.dispatch('lower_case')(text)) }}
{% endmacro %}

{% macro duckdb__lower_case(text) -%}
    lower({{ text }})
{%- endmacro %}

{% macro spark__lower_case(text) -%}
    lower(translate({{ text }}, 'İΣ', 'iσ'))
{%- endmacro %}
