{#- An email as it is compared: in lower case (staging has trimmed it). -#}
{% macro normal_email(column) -%}
    {{ lower_case(column) }}
{%- endmacro %}
