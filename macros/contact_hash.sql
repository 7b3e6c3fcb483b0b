{#- An address as a hash, with the salt of the environment (PATRONAGE_SALT) where one is set; null stays null. -#}
{% macro contact_hash(contact_type, address) -%}
    {%- set salted = literal(env_var('PATRONAGE_SALT', '')) ~ " || " -%}
    {{ dbt.hash(salted ~ contact_type ~ " || ':' || " ~ address) }}
{%- endmacro %}
