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
