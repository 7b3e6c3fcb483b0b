{#- A part of a whole as a double, rounded to nine digits; null where the whole is zero or negative. -#}
{% macro share_of(part, whole) -%}
    round(case when {{ whole }} > 0 then cast({{ part }} as double) / cast({{ whole }} as double) end, 9)
{%- endmacro %}
