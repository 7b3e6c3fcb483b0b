{#- This project's own naming of schemas, which holds for its packages, too: patronage_core, patronage_profile, … -#}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{ return('patronage_' ~ custom_schema_name if node.package_name == 'patronage' else target.schema) }}
{% endmacro %}
