{#- An aggregate: the sum of floats, the same in whatever order they are added; of the rows of a condition alone. -#}
{% macro stable_sum(number, condition=none) -%}
    cast(sum({{ exact(number) }}) {%- if condition %} filter (where {{ condition }}){% endif %} as double)
{%- endmacro %}

{#- A float as a decimal, to be added: a sum of floats would depend on their order. Null beyond 1e20. -#}
{% macro exact(number) -%}
    try_cast({{ number }} as decimal(38, 18))
{%- endmacro %}
