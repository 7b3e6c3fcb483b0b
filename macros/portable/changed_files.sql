{#- Keeps, in memory, how large some files are and when they were changed: what changed_files compares. -#}
{% macro remember_files(paths) %}
    {{ return(adapter.dispatch('remember_files')(paths)) }}
{% endmacro %}

{% macro duckdb__remember_files(paths) %}
    {% do run_query("attach if not exists ':memory:' as raw_files") %}
    {% do run_query('create or replace table raw_files.main.seen as ' ~ file_states(paths)) %}
{% endmacro %}

{#- Spark keeps nothing between its statements that every cluster would have. -#}
{% macro spark__remember_files(paths) %}
{% endmacro %}

{#- Which files are others than those remembered: changed since, new, or gone. -#}
{% macro changed_files(paths) %}
    {{ return(adapter.dispatch('changed_files')(paths)) }}
{% endmacro %}

{% macro duckdb__changed_files(paths) %}
    {{ return(run_query(
        'select distinct path from ((' ~ file_states(paths) ~ ' except from raw_files.main.seen) union all '
        ~ '(from raw_files.main.seen except ' ~ file_states(paths) ~ ')) as changed order by path'
    ).columns[0].values() | list) }}
{% endmacro %}

{% macro spark__changed_files(paths) %}
    {{ return([]) }}
{% endmacro %}

{#- A select of each file's path, size and time of its last change. -#}
{% macro file_states(paths) %}
    {{ return(
        'select filename as path, size, last_modified from read_blob(' ~ literal_paths(paths) ~ ')' if paths
        else "select '' as path, 0::bigint as size, null::timestamptz as last_modified where false"
    ) }}
{% endmacro %}
