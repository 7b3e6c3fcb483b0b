{#- A share of at most 1; null where the whole is none. (least() would make 1 of a null.) -#}
{% macro capped_share(part, whole) -%}
    case when {{ part }} >= {{ whole }} then cast(1 as double) else {{ share_of(part, whole) }} end
{%- endmacro %}
