{#- The calendar date of a raw time in the shop's time zone; a date alone is one already and never shifted.

    `timestamp` is what parse_time made of `column`, in UTC. -#}
{% macro business_date(timestamp, column, type, timezone) %}
    {#- far from our times the shift would overflow; such a row is rejected as impossible anyway -#}
    {%- set shifted = "case when year(" ~ timestamp ~ ") between 1800 and 3000 then "
        ~ local_time(timestamp, timezone) ~ " end" -%}
    {%- set local = timestamp if timezone == 'UTC' else shifted -%}
    {%- if type == 'DATE' -%}
        cast({{ timestamp }} as date)
    {%- elif type == 'VARCHAR' -%}
        case
            when length({{ column }}) = 10 then cast({{ timestamp }} as date)
            else cast({{ local }} as date)
        end
    {%- else -%}
        cast({{ local }} as date)
    {%- endif -%}
{% endmacro %}
