{#- Whether the engine knows a time zone by this name: that of a place (Europe/Berlin), or UTC. Abbreviations are refused:
    IST is India's and Ireland's, and EST knows no summer time. -#}
{% macro known_timezone(name) %}
    {{ return(name == 'UTC' or (name | upper != name and adapter.dispatch('known_timezone')(name))) }}
{% endmacro %}

{% macro duckdb__known_timezone(name) %}
    {% set sql = "select count(*) from pg_timezone_names() where name = " ~ literal(name) %}
    {{ return(run_query(sql).columns[0].values()[0] > 0) }}
{% endmacro %}

{% macro spark__known_timezone(name) %}
    {#- the engine itself takes offsets, too, which know no summer time -#}
    {% set sql = "select try_reflect('java.time.ZoneId', 'of', " ~ literal(name) ~ ")" %}
    {{ return(
        modules.re.fullmatch('[A-Za-z_]+(/[A-Za-z0-9_+-]+)*', name)
        and run_query(sql).columns[0].values()[0] is not none
    ) }}
{% endmacro %}
