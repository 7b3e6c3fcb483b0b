{#- A timestamp in UTC as the clock shows it in a time zone. -#}
{% macro local_time(timestamp, timezone) %}
    {{ return(adapter.dispatch('local_time')(timestamp, timezone)) }}
{% endmacro %}

{% macro duckdb__local_time(timestamp, timezone) -%}
    make_timestamptz(epoch_us({{ timestamp }})) at time zone {{ literal(timezone) }}
{%- endmacro %}

{% macro spark__local_time(timestamp, timezone) -%}
    from_utc_timestamp({{ timestamp }}, {{ literal(timezone) }})
{%- endmacro %}
