{#- All files below a folder, as paths that start with the folder's, in order. -#}
{% macro list_files(folder) %}
    {{ return(adapter.dispatch('list_files')(folder)) }}
{% endmacro %}

{% macro duckdb__list_files(folder) %}
    {% set pattern = dbt.escape_single_quotes(folder.rstrip('/') ~ '/**') %}
    {% set files = run_query("select file from glob('" ~ pattern ~ "') order by file") %}
    {{ return(files.columns[0].values() | list) }}
{% endmacro %}
