{#- What dbt.escape_single_quotes is on Spark, where a backslash in a literal stands for more than itself. -#}
{% macro spark__escape_single_quotes(expression) -%}
    {{ expression | replace('\\', '\\\\') | replace("'", "\\'") }}
{%- endmacro %}
