{#- The key of an event's visitor: its source and its hashed anonymous id; null without one. -#}
{% macro visitor_key(events) -%}
    {{ events }}.source || ':anon:' || {{ dbt.hash(events ~ '.anonymous_id') }}
{%- endmacro %}
