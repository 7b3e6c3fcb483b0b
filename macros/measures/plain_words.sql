{#- A text as words in lower case with one blank between them: . , ; : / & ( ) - _ + are blanks. -#}
{% macro plain_words(text) -%}
    {%- set blanked = "trim(translate(" ~ lower_case(text) ~ ", '.,;:/&()-_+', '           '))" -%}
    replace(replace(replace({{ blanked }}, ' ', ' ' || chr(1)), chr(1) || ' ', ''), chr(1), '')
{%- endmacro %}
