{#- An id as a part of a longer key: escaped, so that no other id followed by `:` can give the same text. -#}
{% macro escape_key_part(column) -%}
    replace(replace({{ column }}, '\\', '\\\\'), ':', '\\:')
{%- endmacro %}
