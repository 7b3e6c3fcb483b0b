{#- A time in UTC as a timestamp; null where it is none. A date alone is its midnight.

    Text: YYYY-MM-DD[(T| )hh:mm[:ss[.f]][Z|±hh[[:]mm]]], nothing else; without an offset it is UTC. -#}
{% macro parse_time(column, type) %}
    {{ return(adapter.dispatch('parse_time')(column, type)) }}
{% endmacro %}

{% macro duckdb__parse_time(column, type) %}
    {%- set date = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set time = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set offset = '(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?' -%}
    {%- if type == 'TIMESTAMP WITH TIME ZONE' -%}
        ({{ column }} at time zone 'UTC')
    {%- elif type != 'VARCHAR' -%}
        try_cast({{ column }} as timestamp)
    {%- else -%}
        case
            when not regexp_full_match({{ column }}, {{ literal(date ~ '([T ]' ~ time ~ offset ~ ')?') }}) then null
            when length({{ column }}) = 10 then try_cast({{ column }} as timestamp)
            when substr({{ column }}, 17, 1) = ':'
                then make_timestamp(epoch_us(try_cast({{ column }} as timestamptz)))
            else
                make_timestamp(epoch_us(try_cast(
                    substr({{ column }}, 1, 16) || ':00' || substr({{ column }}, 17) as timestamptz
                )))
        end
    {%- endif -%}
{% endmacro %}

{% macro spark__parse_time(column, type) %}
    {%- set date = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set time = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set offset = '(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)?' -%}
    {#- the engine reads an offset only behind seconds, and only as ±hh:mm -#}
    {%- set with_seconds = "substr(" ~ column ~ ", 1, 16) || case when substr(" ~ column ~ ", 17, 1) = ':' then '' "
        ~ "else ':00' end || substr(" ~ column ~ ", 17)" -%}
    {%- if type != 'VARCHAR' -%}
        try_cast({{ column }} as timestamp)
    {%- else -%}
        case
            when not {{ column }} rlike {{ literal('^' ~ date ~ '([T ]' ~ time ~ offset ~ ')?\\z') }} then null
            when length({{ column }}) = 10 then try_cast({{ column }} as timestamp)
            else
                try_cast(regexp_replace(regexp_replace(
                    {{ with_seconds }}, '([+-][0-9]{2})\\z', '$1:00'
                ), '([+-][0-9]{2})([0-9]{2})\\z', '$1:$2') as timestamp)
        end
    {%- endif -%}
{% endmacro %}
