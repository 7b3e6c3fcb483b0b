{#- An id as a part of a longer key: escaped by a backslash (chr 92), so that no other id followed by `:` can give the same text. -#}
{% macro escape_key_part(column) -%}
    replace(replace({{ column }}, chr(92), chr(92) || chr(92)), ':', chr(92) || ':')
{%- endmacro %}
