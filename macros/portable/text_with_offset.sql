{#- A column of any type as text (macro parse_text), an instant with its offset: so that it stays one wherever a time without an
    offset is the shop's clock. -#}
{% macro text_with_offset(column, type) %}
    {{ return(adapter.dispatch('text_with_offset')(column, type)) }}
{% endmacro %}

{% macro duckdb__text_with_offset(column, type) %}
    {{- parse_text(column, type) -}}
{% endmacro %}

{% macro spark__text_with_offset(column, type) %}
    {{- parse_text(column, type) ~ (" || '+00:00'" if type == 'TIMESTAMP WITH TIME ZONE' else '') -}}
{% endmacro %}
