{#- The natural logarithm of the gamma function of a positive number. -#}
{% macro log_gamma(number) %}
    {{ return(adapter.dispatch('log_gamma')(number)) }}
{% endmacro %}

{% macro duckdb__log_gamma(number) -%}
    lgamma({{ number }})
{%- endmacro %}
