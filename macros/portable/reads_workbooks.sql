{#- Whether the engine reads workbooks (.xlsx); its reader is loaded then. -#}
{% macro reads_workbooks() %}
    {{ return(adapter.dispatch('reads_workbooks')()) }}
{% endmacro %}

{% macro duckdb__reads_workbooks() %}
    {{ return(load_extension('excel')) }}
{% endmacro %}

{% macro spark__reads_workbooks() %}
    {{ return(false) }}
{% endmacro %}

{#- What to do with a workbook that is not read; `table` is the one it is to be. -#}
{% macro way_to_workbook(table) %}
    {{ return(adapter.dispatch('way_to_workbook')(table)) }}
{% endmacro %}

{% macro duckdb__way_to_workbook(table) %}
    {{ return("save it as CSV UTF-8 (" ~ table ~ ".csv), or have it read: pip install 'patronage[excel]'") }}
{% endmacro %}

{% macro spark__way_to_workbook(table) %}
    {{ return("save it as CSV UTF-8 (" ~ table ~ ".csv): Spark reads no workbooks") }}
{% endmacro %}
