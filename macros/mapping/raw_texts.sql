{#- An id, a phone or a postcode as a text, without the apostrophe that a spreadsheet was kept away by. -#}
{% macro without_apostrophe(raw) -%}
    nullif(case when substr({{ raw }}, 1, 1) = '''' then substr({{ raw }}, 2) else {{ raw }} end, '')
{%- endmacro %}

{#- A raw text that a mapping looks into; null where it is a word for nothing, as databases write into files (\N, NULL). -#}
{% macro given(raw) -%}
    case when not {{ is_nothing(raw) }} then {{ raw }} end
{%- endmacro %}

{#- Whether a raw flag is set, in any system's words for it. -#}
{% macro is_true(raw) -%}
    coalesce(lower({{ raw }}) in ('true', 't', 'yes', 'y', '1', 'subscribed'), false)
{%- endmacro %}

{#- A raw time in UTC that does not say so, with its offset; a date of zeros is none. A date alone stays one. -#}
{% macro in_utc(raw) -%}
    case
        when substr({{ raw }}, 1, 4) = '0000' then null
        when {{ is_naive_time(raw) }} then {{ raw }} || 'Z'
        else {{ raw }}
    end
{%- endmacro %}

{#- A raw time by the clock of the shop, though its other times may be UTC; a date of zeros is none. -#}
{% macro in_shop_time(raw, shop) -%}
    case
        when substr({{ raw }}, 1, 4) = '0000' then null
        when {{ is_naive_time(raw) }}
            then cast({{ utc_time(parse_time(raw, 'VARCHAR'), shop.timezone) }} as {{ dbt.type_string() }}) || 'Z'
        else {{ raw }}
    end
{%- endmacro %}

{#- Seconds since 1970 (or their thousandths, millionths: `per_second`) as a raw time in UTC; what is no whole number stays as it is. -#}
{% macro epoch_time(raw, per_second=1) -%}
    {{ adapter.dispatch('epoch_time')(raw, per_second) }}
{%- endmacro %}

{% macro duckdb__epoch_time(raw, per_second) -%}
    case
        when regexp_full_match({{ raw }}, '[0-9]{1,18}')
            then cast(make_timestamp(cast({{ raw }} as bigint) * {{ 1000000 // per_second }}) as varchar) || 'Z'
        else {{ raw }}
    end
{%- endmacro %}

{% macro spark__epoch_time(raw, per_second) -%}
    case
        when {{ raw }} rlike '^[0-9]{1,18}\\z'
            then cast(timestamp_micros(cast({{ raw }} as bigint) * {{ 1000000 // per_second }}) as string) || 'Z'
        else {{ raw }}
    end
{%- endmacro %}
