{#- What is wrong with the rows of Parquet files, in one line, else none: reads every value once, as csv_fault. -#}
{% macro parquet_fault(group) %}
    {{ return(adapter.dispatch('parquet_fault')(group)) }}
{% endmacro %}

{% macro duckdb__parquet_fault(group) %}
    {% if group.faults %}
        {{ return(group.faults[0]) }}
    {% endif %}
    {% set paths = [] %}
    {% for path in group.paths %}
        {% do paths.append(literal(path)) %}
    {% endfor %}
    {% set damaged = run_query('select patronage_damaged([' ~ (paths | join(', ')) ~ '])').columns[0].values()[0] %}
    {{ return(damaged ~ ": the file is damaged (its head is there, but not all rows can be read): export it anew" if damaged) }}
{% endmacro %}

{#- Spark reads a file's rows when a model does: that fails then. -#}
{% macro spark__parquet_fault(group) %}
    {{ return(group.faults | first) }}
{% endmacro %}
