{#- A phone number as it is compared: its digits alone; none is null. -#}
{% macro normal_phone(column) %}
    {{ return(adapter.dispatch('normal_phone')(column)) }}
{% endmacro %}

{% macro duckdb__normal_phone(column) -%}
    nullif(regexp_replace({{ column }}, '[^0-9]', '', 'g'), '')
{%- endmacro %}

{% macro spark__normal_phone(column) -%}
    nullif(regexp_replace({{ column }}, '[^0-9]', ''), '')
{%- endmacro %}
