{#- What stands for a person who was erased: a hash of the salted hash that names the person. -#}
{% macro tombstone(node) -%}
    'erased-' || substr({{ dbt.hash("'tombstone:' || " ~ node) }}, 1, 16)
{%- endmacro %}
