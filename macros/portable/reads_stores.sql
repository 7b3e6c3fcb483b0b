{#- Whether the engine reads files at addresses like s3://bucket/folder. -#}
{% macro reads_stores() %}
    {{ return(adapter.dispatch('reads_stores')()) }}
{% endmacro %}

{#- The extra `s3` brings its reader, which patronage/stores.py loads. -#}
{% macro duckdb__reads_stores() %}
    {{ return(run_query("select getvariable('patronage_readers')['s3']").columns[0].values()[0] is not none) }}
{% endmacro %}

{% macro spark__reads_stores() %}
    {{ return(true) }}
{% endmacro %}
