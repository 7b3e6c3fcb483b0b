{#- Refuses to build where the engine's session has not the settings that the same rows hang on. -#}
{% macro check_session() %}
    {% do adapter.dispatch('check_session')() %}
{% endmacro %}

{#- patronage.engine sets them for each connection, and salt() fails without. -#}
{% macro duckdb__check_session() %}
{% endmacro %}

{#- A thrift server leaves out, without a word, what it does not take for a setting. -#}
{% macro spark__check_session() %}
    {% set found = run_query(
        "select current_timezone(), '${spark.sql.ansi.enabled}', startswith('${spark.patronage.salt}', 'salt:')"
    ).rows[0].values() | list %}
    {% if found != ['UTC', 'false', true] %}
        {{ exceptions.raise_compiler_error(
            "Spark's session has not the settings of profiles.yml (time zone " ~ found[0] ~ ", ANSI mode " ~ (found[1] or 'not given')
            ~ "): a thrift server takes them by names that begin with set:hiveconf: (docs/spark.md)"
        ) }}
    {% endif %}
{% endmacro %}
