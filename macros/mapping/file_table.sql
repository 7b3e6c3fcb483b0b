{#- The name of a raw row's file (raw_file), or of its folder below the shop's, without the ending. -#}
{% macro file_table(raw_file) -%}
    regexp_replace(regexp_extract({{ raw_file }}, '^[^/]+', 0), '[.]([A-Za-z]+|[A-Za-z]+[.][gG][zZ])$', '')
{%- endmacro %}
