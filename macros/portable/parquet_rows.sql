{#- The rows of Parquet files with the same columns, in their own types. -#}
{% macro parquet_rows(group) %}
    {{ return(adapter.dispatch('parquet_rows')(group)) }}
{% endmacro %}

{% macro duckdb__parquet_rows(group) %}
    {% set paths = [] %}
    {% for path in group.paths %}
        {% do paths.append("'" ~ dbt.escape_single_quotes(path) ~ "'") %}
    {% endfor %}
    {% set sql -%}
        read_parquet(
            [{{ paths | join(', ') }}],
            binary_as_string = true,
            hive_partitioning = {{ 'true, hive_types_autocast = false' if group.partitions else 'false' }}
        )
    {%- endset %}
    {{ return(sql) }}
{% endmacro %}
