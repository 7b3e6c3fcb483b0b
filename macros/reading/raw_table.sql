{#- One table of a shop's own files as something to select from, for a system's mapping: all columns that the system's YAML
    names, by plain names, as text without blanks around it (null where it is empty or a file has no such column; nested values
    as JSON, instants with their offset), and raw_file, the file's name below the shop's folder.

    Files may differ in their columns and in their order. Without any file there is no row. -#}
{% macro raw_table(shop, table) %}
    {%- set known = system_tables(shop.system)[table].known -%}
(
    select
    {%- for column in known %}
        cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
        cast(null as {{ dbt.type_string() }}) as raw_file
    where false
    {%- for relation in raw_relations(shop, table) %}
    union all
    select
        {{ known_columns(relation, known) }},
        {{ name_below(shop.path) }} as raw_file
    from ({{ relation.sql }}) as rows_of_files
    {%- endfor %}
)
{%- endmacro %}

{#- The columns of a raw relation that a system's YAML names, for a select list: texts by plain names, null where there is none. -#}
{% macro known_columns(relation, known) %}
    {%- set names = {} %}
    {%- for name in relation.columns %}
        {%- do names.setdefault(plain_name(name), name) %}
    {%- endfor %}
    {%- for column in known %}
        {% if column in names -%}
            {{ text_with_offset(quoted(names[column]), relation.columns[names[column]]) }}
        {%- else -%}
            cast(null as {{ dbt.type_string() }})
        {%- endif %} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
