{#- A float as a decimal, to be added: a sum of floats would depend on their order. Null beyond 1e20. -#}
{% macro exact(number) -%}
    try_cast({{ number }} as decimal(38, 18))
{%- endmacro %}
