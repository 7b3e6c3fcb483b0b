{#- A raw time some raw minutes later, as a raw time in UTC; minutes that are no number stand in its place, so that the row is rejected
    by them. -#}
{% macro minutes_later(raw, minutes, shop) -%}
    case
        when {{ money(minutes) }} is null then {{ minutes }}
        else cast({{ adapter.dispatch('minutes_later')(parse_time(raw, 'VARCHAR', shop), money(minutes)) }} as {{ dbt.type_string() }}) || 'Z'
    end
{%- endmacro %}

{% macro duckdb__minutes_later(time, minutes) -%}
    {{ time }} + to_minutes(cast({{ minutes }} as bigint))
{%- endmacro %}

{% macro spark__minutes_later(time, minutes) -%}
    timestampadd(minute, cast({{ minutes }} as int), {{ time }})
{%- endmacro %}
