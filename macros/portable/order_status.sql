{#- The status of an order in its normal form: in snake_case, without the wc- of WooCommerce. -#}
{% macro order_status(text) %}
    {{ return(adapter.dispatch('order_status')(text)) }}
{% endmacro %}

{% macro duckdb__order_status(text) -%}
    {{ snake_case("regexp_replace(" ~ text ~ ", '^(?i)wc-', '')") }}
{%- endmacro %}

{% macro spark__order_status(text) -%}
    {{ snake_case("regexp_replace(" ~ text ~ ", '^(?i)wc-', '')") }}
{%- endmacro %}
