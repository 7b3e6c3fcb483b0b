{#- Days that every counted gap had to end in: a year, or half of a shorter history; null without one. -#}
{% macro follow_up_days(history_days) -%}
    {%- set longest = 365 -%}
    cast(case when {{ history_days }} >= {{ 2 * longest }} then {{ longest }} else floor({{ history_days }} / 2) end as bigint)
{%- endmacro %}
