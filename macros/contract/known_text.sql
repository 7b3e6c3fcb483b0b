{#- What a parsed id, or a phone, says by its kind; null where it says nothing. -#}
{% macro known_text(text, kind) -%}
    {%- set doubts = {'person': ' or ' ~ is_nobody(text), 'phone': ' or not ' ~ is_phone(text)} -%}
    case when not ({{ has_lost_digits(text, kind) }}{{ doubts.get(kind, '') }}) then {{ text }} end
{%- endmacro %}
