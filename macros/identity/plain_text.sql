{#- Text as erasure compares it: in lower case, without what JSON and addresses of pages put before or for a sign. -#}
{% macro plain_text(text) -%}
    replace(replace({{ lower_case(text) }}, chr(92), ''), '%40', '@')
{%- endmacro %}
