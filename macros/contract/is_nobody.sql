{#- Whether the id of a person or visitor is what systems write for nobody (var nobody_ids); of zeros alone any number are. -#}
{% macro is_nobody(id) -%}
    ({{ id }} in ({{ literals(words_var('nobody_ids')) }}) or replace({{ id }}, '0', '') = '')
{%- endmacro %}
