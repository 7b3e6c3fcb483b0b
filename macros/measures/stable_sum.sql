{#- An aggregate: the sum of floats, the same in whatever order they are added; of the rows of a condition alone. Sums below nine need
    fifteen `digits` only, which DuckDB makes doubles of at once: it takes more apart bit by bit. -#}
{% macro stable_sum(number, condition=none, digits=18) -%}
    cast(sum({{ exact(number, digits) }}) {%- if condition %} filter (where {{ condition }}){% endif %} as double)
{%- endmacro %}

{#- A float as a decimal, to be added: a sum of floats would depend on their order. Null beyond 1e20. -#}
{% macro exact(number, digits=18) -%}
    try_cast({{ number }} as decimal(38, {{ digits }}))
{%- endmacro %}
