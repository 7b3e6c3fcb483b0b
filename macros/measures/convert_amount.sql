{#- An amount in reporting currency: computed wide, rounded to four decimals half away from zero.

    Null where the result has more than 14 digits before the point. Most rates are 1, and wide decimals slow. -#}
{% macro convert_amount(amount, rate) -%}
    case
        when {{ rate }} = 1 then try_cast({{ amount }} as decimal(18, 4))
        else {{ narrow('cast(' ~ amount ~ ' as decimal(28, 4)) * ' ~ rate, 14) }}
    end
{%- endmacro %}
