{#- Whether a text without blanks around it is a word for nothing (var words_for_nothing), whatever its case. Only texts
    as short as the longest of them are looked at. -#}
{% macro is_nothing(text) -%}
    {%- set words = words_var('words_for_nothing') -%}
    (length({{ text }}) <= {{ words | map('length') | max }} and lower({{ text }}) in ({{ literals(words) }}))
{%- endmacro %}
