{#- The path of a raw file (the column raw_file) below a folder, as its signs stand in the folder. -#}
{% macro name_below(root) %}
    {{ return(adapter.dispatch('name_below')(root.rstrip('/'))) }}
{% endmacro %}

{% macro duckdb__name_below(root) -%}
    ltrim(substr(raw_file, instr(raw_file, {{ literal(root) }}) + {{ root | length }}), '/')
{%- endmacro %}

{#- The engine gives the file's address, in which signs stand as %xx, once more than in the folder's name. -#}
{% macro spark__name_below(root) -%}
    {%- set address = "url_decode(replace(raw_file, '+', '%2B'))" -%}
    ltrim('/', substr({{ address }}, instr({{ address }}, {{ literal(root) }}) + {{ root | length }}))
{%- endmacro %}
