{#- dbt's unit tests with one query each instead of one for every given table and four for the test, a third of the time (docs/performance.md).

    A column's type is not asked for: each value stands as text in a coalesce with the column itself, and the engine casts
    it, or says why it cannot. On other engines than DuckDB, dbt's own macros do it. -#}
{% materialization unit, adapter='duckdb' %}
    {%- set rows = config.get('expected_rows') -%}
    {%- set columns = rows[0].keys() | list if rows else [] -%}
    {%- for row in rows if row.keys() | sort != columns | sort -%}
        {{ exceptions.raise_compiler_error('each expected row must name the columns ' ~ columns | join(', ') ~ ': ' ~ row) }}
    {%- endfor -%}
    {%- set named = [] -%}
    {%- for column in columns -%}
        {%- do named.append(adapter.quote(column)) -%}
    {%- endfor -%}
    {%- set named = named | join(', ') or '*' -%}
    {% call statement('main', fetch_result=True) %}
        with actual_rows as ({{ sql }}),

        expected_rows as (
            {{ config.get('expected_sql') or rows_like('actual_rows', rows) }}
        )

        select {{ named }}, 'actual' as actual_or_expected from actual_rows
        union all by name
        select {{ named }}, 'expected' as actual_or_expected from expected_rows
    {% endcall %}
    {{ return({'relations': []}) }}
{% endmaterialization %}

{#- The stated rows of a given table, instead of dbt's macro. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {%- if target.type != 'duckdb' -%}
        {{ return(dbt.get_fixture_sql(rows, column_name_to_data_types)) }}
    {%- endif -%}
    {{ rows_like(this, rows) }}
{% endmacro %}

{#- Rows with the columns of a table: the stated values, null in all others. -#}
{% macro rows_like(table, rows) %}
    {%- if not rows -%}
        select * from {{ table }} limit 0
    {%- else -%}
        with columns_of as (select * from {{ table }} limit 0)
        {% for row in rows %}
            {%- set values = [] -%}
            {%- for name, value in row.items() if value is not none -%}
                {%- set quoted = adapter.quote(name) -%}
                {%- set text = value if value is sequence and value is not string else "'" ~ value | string | replace("'", "''") ~ "'" -%}
                {%- do values.append('coalesce(' ~ text ~ ', columns_of.' ~ quoted ~ ') as ' ~ quoted) -%}
            {%- endfor -%}
            select columns_of.* {{ 'replace (' ~ values | join(', ') ~ ')' if values }}
            from (select 1) as one_row left join columns_of on true
            {{ 'union all' if not loop.last }}
        {% endfor %}
    {%- endif -%}
{% endmacro %}
