{#- What a clock in a time zone shows (a timestamp) as a timestamp in UTC. A time that a change of the clocks skips moves
    on by the gap, one that it repeats is the first of the two. -#}
{% macro utc_time(timestamp, timezone) %}
    {{ return(adapter.dispatch('utc_time')(timestamp, timezone)) }}
{% endmacro %}

{#- The engine takes the second of two, so the offset of the day before is tried, too. Far from our times nothing is
    shifted; such a row is rejected as impossible anyway. -#}
{% macro duckdb__utc_time(timestamp, timezone) -%}
    {%- set zone = literal(timezone) -%}
    {%- set late = "(" ~ timestamp ~ ") at time zone " ~ zone -%}
    {%- set early = "(((" ~ timestamp ~ ") - interval 1 day) at time zone " ~ zone ~ ") + interval 24 hours" -%}
    case
        when year({{ timestamp }}) not between 1800 and 3000 then {{ timestamp }}
        when ({{ early }}) at time zone {{ zone }} = {{ timestamp }}
            then make_timestamp(epoch_us(least({{ early }}, {{ late }})))
        else make_timestamp(epoch_us({{ late }}))
    end
{%- endmacro %}

{% macro spark__utc_time(timestamp, timezone) -%}
    case
        when year({{ timestamp }}) not between 1800 and 3000 then {{ timestamp }}
        else to_utc_timestamp({{ timestamp }}, {{ literal(timezone) }})
    end
{%- endmacro %}
