{#- What stands for a person who was erased: a hash of the salted hash that names the person. -#}
{% macro tombstone(node) -%}
    'erased-' || substr({{ dbt.hash("'tombstone:' || " ~ node) }}, 1, 16)
{%- endmacro %}

{#- What stands for one of the person's accounts where accounts are keys. -#}
{% macro account_tombstone(person, node) -%}
    {{ person }} || '-' || substr({{ node }}, 1, 8)
{%- endmacro %}
