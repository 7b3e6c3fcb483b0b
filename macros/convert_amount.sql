{#- An amount in reporting currency: computed wide, rounded to four decimals half away from zero.

    Null where the result has more than 14 digits before the point. -#}
{% macro convert_amount(amount, rate) -%}
    try_cast(cast({{ amount }} as decimal(28, 4)) * {{ rate }} as decimal(18, 4))
{%- endmacro %}
