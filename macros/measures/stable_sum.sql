{#- An aggregate: the sum of floats, the same in whatever order they are added; of the rows of a condition alone. -#}
{% macro stable_sum(number, condition=none) -%}
    cast(sum({{ exact(number) }}) {%- if condition %} filter (where {{ condition }}){% endif %} as double)
{%- endmacro %}
