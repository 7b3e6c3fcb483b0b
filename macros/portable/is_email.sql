{#- Whether a text can be an email: one @, with text around it. -#}
{% macro is_email(text) %}
    {{ return(adapter.dispatch('is_email')(text)) }}
{% endmacro %}

{% macro duckdb__is_email(text) -%}
    regexp_full_match({{ text }}, '[^@]+@[^@]+')
{%- endmacro %}

{% macro spark__is_email(text) -%}
    {{ text }} rlike '^[^@]+@[^@]+\\z'
{%- endmacro %}
