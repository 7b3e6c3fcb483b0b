{#- One table of a shop's own files as something to select from, for a system's mapping: all columns that the system's YAML
    names, by plain names, as text without blanks around it (null where it is empty or a file has no such column; nested values
    as JSON, instants with their offset), and raw_file, the file's name below the shop's folder.

    Files may differ in their columns and in their order. Without any file there is no row. -#}
{% macro raw_table(shop, table) %}
    {%- set own = system_tables(shop.system)[table] -%}
(
    select
    {%- for column in own.known %}
        cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
        cast(null as {{ dbt.type_string() }}) as raw_file
    where false
    {%- for relation in raw_relations(shop, table) %}
    union all
    select
        {{ known_columns(relation, own) }},
        {{ name_below(shop.path) }} as raw_file
    from ({{ relation.sql }}) as rows_of_files
    {%- endfor %}
)
{%- endmacro %}

{#- The plain names among `names` that a column has: its own, and of a versioned one those of its versions, the newest first. -#}
{% macro versions_of(column, names, is_versioned) %}
    {% set versions = [column] if column in names else [] %}
    {% if is_versioned %}
        {% for name in names | sort(reverse=true) if modules.re.fullmatch(modules.re.escape(column) ~ '(_[0-9]+)+', name) %}
            {% do versions.append(name) %}
        {% endfor %}
    {% endif %}
    {{ return(versions) }}
{% endmacro %}

{#- The columns of a raw relation that a system's YAML names (`own`: macro system_tables), for a select list: texts by plain names,
    null where there is none. -#}
{% macro known_columns(relation, own) %}
    {%- set names = {} %}
    {%- for name in relation.columns %}
        {%- do names.setdefault(plain_name(name), name) %}
    {%- endfor %}
    {%- for column in own.known %}
        {%- set texts = [] %}
        {%- for name in versions_of(column, names, column in own.versioned) %}
            {%- do texts.append(text_with_offset(quoted(names[name]), relation.columns[names[name]])) %}
        {%- endfor %}
        {% if texts | length > 1 -%}
            {#- a list without items is what has no value in this version -#}
            coalesce({% for text in texts %}nullif({{ text }}, '[]'){{ ', ' if not loop.last }}{% endfor %})
        {%- else -%}
            {{ texts | first or 'cast(null as ' ~ dbt.type_string() ~ ')' }}
        {%- endif %} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
