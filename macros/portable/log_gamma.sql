{#- The natural logarithm of the gamma function of a positive number. -#}
{% macro log_gamma(number) %}
    {{ return(adapter.dispatch('log_gamma')(number)) }}
{% endmacro %}

{% macro duckdb__log_gamma(number) -%}
    lgamma({{ number }})
{%- endmacro %}

{#- Stirling's series, eight steps up the number line, where it errs by less than 1e-12. -#}
{% macro spark__log_gamma(number) -%}
    {%- set shifted = '((' ~ number ~ ') + 8)' -%}
    (
        ({{ shifted }} - 0.5D) * ln({{ shifted }}) - {{ shifted }} + 0.91893853320467274178D
        + 1D / (12 * {{ shifted }}) - 1D / (360 * power({{ shifted }}, 3))
        + 1D / (1260 * power({{ shifted }}, 5)) - 1D / (1680 * power({{ shifted }}, 7))
        + 1D / (1188 * power({{ shifted }}, 9))
        - ln(
            {%- for step in range(8) %}{{ ' * ' if not loop.first }}(({{ number }}) + {{ step }}){% endfor -%}
        )
    )
{%- endmacro %}
