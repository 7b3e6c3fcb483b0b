{#- One table of a shop's own files (CSV or Parquet) as something to select from, for a system's mapping. -#}
{% macro raw_table(shop, table) %}
    {%- set relations = raw_relations(shop, table) -%}
    {%- if relations | length != 1 -%}
        {{ exceptions.raise_compiler_error(
            shop.path ~ ": expected table " ~ table ~ " with one set of columns, found "
            ~ (relations | length)
        ) }}
    {%- endif -%}
    ({{ relations[0].sql }})
{%- endmacro %}
