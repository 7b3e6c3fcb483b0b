{#- dbt's unit tests with one query each, instead of one for every given table and four for the test.

    Types are not asked for: each value stands as text in a coalesce with its column, so the engine casts it, or says that it cannot.
    On other engines than DuckDB, and for the tests of a project that has installed this one as a package, dbt's own macros do it. -#}
{% materialization unit, adapter='duckdb' %}
    {%- set rows = config.get('expected_rows') -%}
    {%- set columns = rows[0].keys() | list if rows else [] -%}
    {%- for row in rows if row.keys() | sort != columns | sort -%}
        {{ exceptions.raise_compiler_error('each expected row names the same columns, ' ~ columns | join(', ') ~ ': ' ~ row) }}
    {%- endfor -%}
    {%- set compared = [] -%}
    {%- for column in columns -%}
        {%- do compared.append(quoted(column)) -%}
    {%- endfor -%}
    {%- set compared = compared | join(', ') or '*' -%}
    {% call statement('main', fetch_result=True) %}
        with actual_rows as ({{ sql }}),

        expected_rows as ({{ config.get('expected_sql') or rows_like('actual_rows', rows) }})

        select {{ compared }}, 'actual' as actual_or_expected from actual_rows
        union all by name
        select {{ compared }}, 'expected' as actual_or_expected from expected_rows
    {% endcall %}
    {{ return({'relations': []}) }}
{% endmaterialization %}

{#- The stated rows of a given table; in the place of dbt's macro of this name. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {% if target.type != 'duckdb' %}
        {{ return(dbt.get_fixture_sql(rows, column_name_to_data_types)) }}
    {% endif %}
    {{ return(rows_like(this, rows)) }}
{% endmacro %}

{#- Rows with all columns of a table: the stated values, else null. -#}
{% macro rows_like(table, rows) %}
    {%- if not rows -%}
        select * from {{ table }} limit 0
    {%- else -%}
        with nothing as (select * from {{ table }} limit 0)
        {% for row in rows %}
            {%- set stated = row.items() | rejectattr(1, 'none') | list -%}
            {%- set texts = each_literal(stated | map(attribute=1) | list) -%}
            {%- set values = [] -%}
            {%- for name, _ in stated -%}
                {%- set column = quoted(name) -%}
                {%- do values.append('coalesce(' ~ texts[loop.index0] ~ ', nothing.' ~ column ~ ') as ' ~ column) -%}
            {%- endfor -%}
            select nothing.* {{ 'replace (' ~ values | join(', ') ~ ')' if values }}
            from (select 1) as one_row left join nothing on true
            {{ 'union all' if not loop.last }}
        {% endfor %}
    {%- endif -%}
{% endmacro %}
