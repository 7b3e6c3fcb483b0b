{#- The calendar date of a raw time in the shop's time zone; a date alone is one already and never shifted.

    `timestamp` is what parse_time made of `column`, in UTC. -#}
{% macro business_date(timestamp, column, type, timezone) %}
    {{ return(adapter.dispatch('business_date')(timestamp, column, type, timezone)) }}
{% endmacro %}

{% macro duckdb__business_date(timestamp, column, type, timezone) %}
    {%- set local = timestamp if timezone == 'UTC'
        else timestamp ~ " at time zone 'UTC' at time zone '" ~ timezone ~ "'" -%}
    {%- if type == 'DATE' -%}
        {{ column }}
    {%- elif type == 'VARCHAR' -%}
        case
            when length({{ column }}) = 10 then cast({{ timestamp }} as date)
            else cast({{ local }} as date)
        end
    {%- else -%}
        cast({{ local }} as date)
    {%- endif -%}
{% endmacro %}
