{#- An address as a salted hash; null stays null. -#}
{% macro contact_hash(contact_type, address) -%}
    {{ dbt.hash(salt() ~ " || " ~ contact_type ~ " || ':' || " ~ address) }}
{%- endmacro %}
