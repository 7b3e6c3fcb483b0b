{#- What is wrong with files among some (raw_files) that cannot be opened, or unpacked to their end: a dict of path to text, looked up once a
    run. The engine stops at the first of them, and reads half a packed file without a word. -#}
{% macro unreadable_files(files) %}
    {{ return(adapter.dispatch('unreadable_files')(files)) }}
{% endmacro %}

{% macro duckdb__unreadable_files(files) %}
    {% set before = kept('unreadable files') %}
    {% set known = keep('unreadable files', {}) if before is none else before %}
    {% set paths = [] %}
    {% for file in files if (file.is_packed or file.format == 'parquet') and file.path not in known %}
        {% do paths.append(file.path) %}
    {% endfor %}
    {#- `patronage build` runs dbt twice on the same files -#}
    {% if paths and not env_var('PATRONAGE_FILES_CHECKED', '') %}
        {% set found = fromjson(run_query(
            'select patronage_unreadable([' ~ literals(paths) ~ '], ' ~ number_var('max_unpacked_share', 1) ~ ')'
        ).columns[0].values()[0]) %}
        {% for path in paths %}
            {% do known.update({path: found.get(path)}) %}
        {% endfor %}
    {% endif %}
    {{ return(known) }}
{% endmacro %}

{#- Spark says it when it reads the file. -#}
{% macro spark__unreadable_files(files) %}
    {{ return({}) }}
{% endmacro %}
