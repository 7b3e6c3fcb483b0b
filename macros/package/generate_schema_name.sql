{#- Schemas are named as configured: one subject, one schema, the same on every target. In a project that has installed this one as a
    package they are named as that project does it, by its own macro of this name, else by dbt's. -#}
{% macro generate_schema_name(custom_schema_name, node) %}
    {% if project_name == 'patronage' %}
        {{ return(custom_schema_name or target.schema) }}
    {% endif %}
    {% set own = (context.get(project_name) or {}).get('generate_schema_name') %}
    {{ return((own or dbt.generate_schema_name)(custom_schema_name, node)) }}
{% endmacro %}
