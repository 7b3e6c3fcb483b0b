{#- Whatever in a text matches a pattern, a row for each; none: no row. To be selected, not compared. -#}
{% macro each_match(text, pattern) %}
    {{ return(adapter.dispatch('each_match')(text, pattern)) }}
{% endmacro %}

{% macro duckdb__each_match(text, pattern) -%}
    unnest(regexp_extract_all({{ text }}, {{ literal(pattern) }}))
{%- endmacro %}

{% macro spark__each_match(text, pattern) -%}
    explode(regexp_extract_all({{ text }}, {{ literal(pattern) }}, 0))
{%- endmacro %}
