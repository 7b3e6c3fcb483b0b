{#- A time in UTC as a timestamp; null where it is none. A date alone is its midnight.

    Text: YYYY-MM-DD[(T| )hh:mm[:ss[.f]][ ][Z|UTC|±hh[[:]mm]]], nothing else. Without an offset it is UTC, or the time of
    the shop's clock where the shop says so (naive_times: local); so is a timestamp without zone. -#}
{% macro parse_time(column, type, shop={}) %}
    {%- set is_local = shop.naive_times == 'local' -%}
    {%- set time = adapter.dispatch('parse_time')(column, type) -%}
    {%- if is_local and type == 'VARCHAR' -%}
        case
            when {{ is_naive_time(column) }} then {{ utc_time(time, shop.timezone) }}
            else {{ time }}
        end
    {%- elif is_local and type.startswith('TIMESTAMP') and type != 'TIMESTAMP WITH TIME ZONE' -%}
        {{ utc_time(time, shop.timezone) }}
    {%- else -%}
        {{ time }}
    {%- endif -%}
{% endmacro %}

{#- Whether a text that is a time has a time of day, but no offset. -#}
{% macro is_naive_time(text) -%}
    (length({{ text }}) > 10 and substr({{ text }}, length({{ text }}), 1) between '0' and '9'
    and position('+' in {{ text }}) = 0 and position('-' in substr({{ text }}, 11)) = 0)
{%- endmacro %}

{% macro duckdb__parse_time(column, type) %}
    {%- set date = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set time = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set offset = '( ?(Z|UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))?' -%}
    {%- if type == 'TIMESTAMP WITH TIME ZONE' -%}
        {#- ICU, by which the engine answers `at time zone`, takes a tenth of reading events for each -#}
        make_timestamp(epoch_us({{ column }}))
    {%- elif type != 'VARCHAR' -%}
        try_cast({{ column }} as timestamp)
    {%- else -%}
        case
            when not regexp_full_match({{ column }}, {{ literal(date ~ '([T ]' ~ time ~ offset ~ ')?') }}) then null
            when length({{ column }}) = 10 then try_cast({{ column }} as timestamp)
            when contains(substr({{ column }}, 12), ' ') or suffix({{ column }}, 'UTC')
                then {{ instant("regexp_replace(" ~ column ~ ", ' ?(UTC|(Z|[+-][0-9:]+))$', '\\2')") }}
            else {{ instant(column) }}
        end
    {%- endif -%}
{% endmacro %}

{#- The engine reads an offset only behind seconds. -#}
{% macro instant(text) -%}
    case
        when substr({{ text }}, 17, 1) = ':' then make_timestamp(epoch_us(try_cast({{ text }} as timestamptz)))
        else make_timestamp(epoch_us(try_cast(
            substr({{ text }}, 1, 16) || ':00' || substr({{ text }}, 17) as timestamptz
        )))
    end
{%- endmacro %}

{% macro spark__parse_time(column, type) %}
    {%- set date = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set time = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set offset = '( ?(Z|UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))?' -%}
    {#- the engine reads an offset only behind seconds, without a blank, and only as ±hh:mm -#}
    {%- set with_seconds = "substr(" ~ column ~ ", 1, 16) || case when substr(" ~ column ~ ", 17, 1) = ':' then '' "
        ~ "else ':00' end || substr(" ~ column ~ ", 17)" -%}
    {%- if type != 'VARCHAR' -%}
        try_cast({{ column }} as timestamp)
    {%- else -%}
        case
            when not {{ column }} rlike {{ literal('^' ~ date ~ '([T ]' ~ time ~ offset ~ ')?\\z') }} then null
            when length({{ column }}) = 10 then try_cast({{ column }} as timestamp)
            else
                try_cast(regexp_replace(regexp_replace(regexp_replace(
                    {{ with_seconds }}, ' ?(?:UTC|(Z|[+-][0-9:]+))\\z', '$1'
                ), '([+-][0-9]{2})\\z', '$1:00'
                ), '([+-][0-9]{2})([0-9]{2})\\z', '$1:$2') as timestamp)
        end
    {%- endif -%}
{% endmacro %}
