{#- The calendar date of a raw time in the shop's time zone; a date alone is one already and never shifted.

    `timestamp` is what parse_time made of `column`, in UTC. -#}
{% macro business_date(timestamp, column, type, timezone) %}
    {%- set local = clock_time(timestamp, timezone) -%}
    {%- set is_date = is_date_alone(column, type) -%}
    {%- if is_date == 'true' -%}
        cast({{ timestamp }} as date)
    {%- elif is_date == 'false' -%}
        cast({{ local }} as date)
    {%- else -%}
        case
            when {{ is_date }} then cast({{ timestamp }} as date)
            else cast({{ local }} as date)
        end
    {%- endif -%}
{% endmacro %}

{#- The hour that the shop's clock showed at a raw time; null where it is a date alone. Parameters as of business_date. -#}
{% macro business_hour(timestamp, column, type, timezone) -%}
    case when not {{ is_date_alone(column, type) }} then cast(hour({{ clock_time(timestamp, timezone) }}) as bigint) end
{%- endmacro %}

{#- A timestamp in UTC as the shop's clock shows it; null far from our times, where the shift would overflow: such a row is
    rejected as impossible anyway. -#}
{% macro clock_time(timestamp, timezone) -%}
    {{ return(
        timestamp if timezone == 'UTC'
        else "case when year(" ~ timestamp ~ ") between 1800 and 3000 then " ~ local_time(timestamp, timezone) ~ " end"
    ) }}
{%- endmacro %}

{#- Whether a raw time is a date alone, without a time of day. -#}
{% macro is_date_alone(column, type) -%}
    {{ return('length(' ~ column ~ ') = 10' if type == 'VARCHAR' else 'true' if type == 'DATE' else 'false') }}
{%- endmacro %}
