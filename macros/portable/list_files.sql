{#- All files below a folder, as paths that start with the folder's, in order. -#}
{% macro list_files(folder) %}
    {{ return(adapter.dispatch('list_files')(folder)) }}
{% endmacro %}

{% macro duckdb__list_files(folder) %}
    {#- the second pattern also looks into a table's folder that is a link -#}
    {% set root = literal_path(folder.rstrip('/')) %}
    {% set files = run_query(
        "select file from glob('" ~ root ~ "/*') union select file from glob('" ~ root ~ "/*/**') order by file"
    ) %}
    {{ return(files.columns[0].values() | list) }}
{% endmacro %}

{#- A path for a text literal of a file function, in which the signs of patterns stand for themselves. -#}
{% macro literal_path(path) %}
    {{ return(dbt.escape_single_quotes(modules.re.sub('([][*?])', '[\\1]', path))) }}
{% endmacro %}
