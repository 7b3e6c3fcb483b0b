{#- A value of a text column as the salted hash under which erasure knows it; null stays null. `text_class`: see text_columns. -#}
{% macro text_hash(text_class, source, text) -%}
    {{ contact_hash(
        text_class, "case when " ~ text_class ~ " = 'person' then " ~ source ~ " || ':' else '' end || " ~ text
    ) }}
{%- endmacro %}
