{#- The natural logarithm of the gamma function of a positive number. -#}
{% macro log_gamma(number) %}
    {{ return(adapter.dispatch('log_gamma')(number)) }}
{% endmacro %}

{% macro duckdb__log_gamma(number) -%}
    lgamma({{ number }})
{%- endmacro %}

{#- Stirling's series, eight steps up the number line, where it errs by less than 1e-12; the number is worked out once. -#}
{% macro spark__log_gamma(number) -%}
    {%- set square = '((n + 8) * (n + 8))' -%}
    transform(array(cast({{ number }} as double)), n ->
        (n + 7.5D) * ln(n + 8) - (n + 8) + 0.91893853320467274178D
        + (1D / 12 - (1D / 360 - (1D / 1260 - (1D / 1680 - 1D / 1188 / {{ square }}) / {{ square }}) / {{ square }})
            / {{ square }}) / (n + 8)
        - ln(n
            {%- for step in range(1, 8) %} * (n + {{ step }}){% endfor -%}
        )
    )[0]
{%- endmacro %}
