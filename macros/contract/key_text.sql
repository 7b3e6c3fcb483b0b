{#- A raw row's key as one text, its parts joined by `:`; parts that are missing are left out, all: null. -#}
{% macro key_text(columns) -%}
    nullif(concat_ws(':'{% for column in columns %}, cast({{ column }} as {{ dbt.type_string() }}){% endfor %}), '')
{%- endmacro %}
