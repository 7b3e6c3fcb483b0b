{#- Seconds, with their fraction, from one timestamp to another. -#}
{% macro seconds_between(earlier, later) %}
    {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{% endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    ((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 1000000.0)
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    (cast(unix_micros({{ later }}) - unix_micros({{ earlier }}) as double) / 1e6)
{%- endmacro %}
