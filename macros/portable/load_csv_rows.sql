{#- Writes a seed's rows on Spark, in place of the adapter's own way, which makes the text `None` of an empty cell. -#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set values = [] -%}
        {%- for name in agate_table.column_names -%}
            {%- set value = literal(row[name]) if row[name] is not none else 'null' -%}
            {%- set type = types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
            {%- do values.append('cast(' ~ value ~ ' as ' ~ type ~ ')') -%}
        {%- endfor -%}
        {%- do rows.append('(' ~ (values | join(', ')) ~ ')') -%}
    {%- endfor -%}
    {#- one file, so that the rows keep their order -#}
    {%- set sql = 'insert into ' ~ this.render() ~ ' select /*+ coalesce(1) */ * from values ' ~ (rows | join(', ')) -%}
    {% do adapter.add_query(sql, abridge_sql_log=True) if rows %}
    {{ return(sql) }}
{% endmacro %}
