{#- Schemas are named as configured: one subject, one schema, the same on every target. -#}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{ return(custom_schema_name or target.schema) }}
{% endmacro %}
