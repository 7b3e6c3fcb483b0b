{#- Whether a text can be a phone number: 7 to 15 digits that are not all alike, whatever signs group them. -#}
{% macro is_phone(text) -%}
    {%- set digits = normal_phone(text) -%}
    (
        length({{ digits }}) between 7 and 15
        and replace({{ digits }}, substr({{ digits }}, 1, 1), '') <> ''
    )
{%- endmacro %}
