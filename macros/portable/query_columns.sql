{#- The columns of a query: a list of (name in lower case, type). -#}
{% macro query_columns(sql) %}
    {{ return(adapter.dispatch('query_columns')(sql)) }}
{% endmacro %}

{% macro duckdb__query_columns(sql) %}
    {% set columns = [] %}
    {% for row in run_query('describe ' ~ sql).rows %}
        {% do columns.append((row[0] | trim | lower, row[1] | string)) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{% macro spark__query_columns(sql) %}
    {#- types by the names that the macros of this folder know them by, DuckDB's -#}
    {% set names = {
        'string': 'VARCHAR', 'binary': 'BLOB', 'timestamp': 'TIMESTAMP WITH TIME ZONE',
        'timestamp_ntz': 'TIMESTAMP', 'timestamp_ntz(9)': 'TIMESTAMP_NS', 'timestamp_ltz(9)': 'TIMESTAMP_NS',
        'int': 'INTEGER',
    } %}
    {% set columns = [] %}
    {% for row in run_query('describe query ' ~ sql).rows %}
        {% do columns.append((row[0] | trim | lower, names.get(row[1], row[1] | string | upper))) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
