{#- An end of Wilson's interval of 95 % of a share, rounded to nine digits: where the true share may lie that gives so many
    successes in so many trials (above 0). `end` is low or high. -#}
{% macro wilson(end, successes, trials) -%}
    round({{ wilson_end(end, successes, trials) }}, 9)
{%- endmacro %}

{% macro wilson_end(end, successes, trials) -%}
    {%- set z = 1.959964 -%}
    {%- set n = 'cast(' ~ trials ~ ' as double)' -%}
    {%- set share = share_in(successes, trials) -%}
    least(1, greatest(0, (
        {{ share }} + {{ z * z / 2 }}e0 / {{ n }}
        {{ '-' if end == 'low' else '+' }} {{ z }}e0 * sqrt(
            {{ share }} * (1 - {{ share }}) / {{ n }} + {{ z * z / 4 }}e0 / ({{ n }} * {{ n }})
        )
    ) / (1 + {{ z * z }}e0 / {{ n }})))
{%- endmacro %}

{% macro share_in(successes, trials) -%}
    ({{ successes }} / cast({{ trials }} as double))
{%- endmacro %}
