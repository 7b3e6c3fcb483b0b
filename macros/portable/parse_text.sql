{#- Text without the blanks around it; empty is null. `column` may be of any type; binary that is neither text nor a
    UUID of 16 bytes ends the run with the column's name. -#}
{% macro parse_text(column, type) %}
    {{ return(adapter.dispatch('parse_text')(column, type)) }}
{% endmacro %}

{#- What counts as a blank: Unicode's white space, and signs without width. -#}
{% macro blanks() -%}
    {{ literal(blank_signs()) }}
{%- endmacro %}

{% macro blank_signs() %}
    {{ return(
        '\t\n\x0b\x0c\r \x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a'
        ~ '\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff'
    ) }}
{% endmacro %}

{#- A column's name as it is looked for: without the blanks around it, in lower case. -#}
{% macro trimmed_name(name) %}
    {{ return(name.strip(blank_signs()) | lower) }}
{% endmacro %}

{#- Signs that stand in no text, though its encoding knows them, as a regular expression. -#}
{% macro unwritten_signs() -%}
    {{ literal('[\\x00-\\x08\\x0e-\\x1f\\x7f]') }}
{%- endmacro %}

{#- Ends the query: a column's bytes say nothing. -#}
{% macro no_text(column) -%}
    {{ raise_in_query(literal(
        'the column ' ~ column ~ ' is binary, and neither text nor UUIDs of 16 bytes: write it as text'
    )) }}
{%- endmacro %}

{#- A decimal as text; one that is whole is so without a point, as the number that it is elsewhere. -#}
{% macro decimal_text(column) -%}
    {#- Spark writes a zero of many places as 0E-10 -#}
    case when {{ column }} = 0 then '0' else regexp_replace(cast({{ column }} as {{ dbt.type_string() }}), '[.]0+$', '') end
{%- endmacro %}

{#- From this on floats do not tell whole numbers apart: the last digits are lost. -#}
{% macro whole_float_limit(type) %}
    {{ return(9007199254740992 if type == 'DOUBLE' else 16777216) }}
{% endmacro %}

{#- A float as text; one that is whole is so without a point or, where digits are lost, with an exponent (macro has_lost_digits). NaN is null. -#}
{% macro float_text(column, type) %}
    {{ return(adapter.dispatch('float_text')(column, type)) }}
{% endmacro %}

{% macro duckdb__float_text(column, type) -%}
    case
        when isnan({{ column }}) then null
        when isinf({{ column }}) then cast({{ column }} as varchar)
        when abs({{ column }}) >= {{ whole_float_limit(type) }} then {{ with_exponent(column) }}
        when {{ column }} = trunc({{ column }}) then cast(cast({{ column }} as bigint) as varchar)
        else cast({{ column }} as varchar)
    end
{%- endmacro %}

{% macro spark__float_text(column, type) -%}
    case
        when isnan({{ column }}) then null
        when abs({{ column }}) = double('infinity') then cast({{ column }} as string)
        when abs({{ column }}) >= {{ whole_float_limit(type) }} then {{ with_exponent(column) }}
        when {{ column }} = floor({{ column }}) then cast(cast({{ column }} as bigint) as string)
        else cast({{ column }} as string)
    end
{%- endmacro %}

{#- A number (of whatever type) as spreadsheets show one that is long. -#}
{% macro with_exponent(number) %}
    {{ return(adapter.dispatch('with_exponent')(number)) }}
{% endmacro %}

{% macro duckdb__with_exponent(number) -%}
    format('{:.15e}', cast({{ number }} as double))
{%- endmacro %}

{% macro spark__with_exponent(number) -%}
    format_string('%.15e', cast({{ number }} as double))
{%- endmacro %}

{% macro duckdb__parse_text(column, type) %}
    {%- if type == 'BLOB' -%}
        {#- a UUID holds bytes that are no text, or signs that nobody writes -#}
        case
            when octet_length({{ column }}) = 16 and coalesce(regexp_matches(try(decode({{ column }})), {{ unwritten_signs() }}), true)
                then lower(regexp_replace(
                    hex({{ column }}), '(.{8})(.{4})(.{4})(.{4})(.{12})', '\1-\2-\3-\4-\5'
                ))
            when {{ column }} is not null and coalesce(contains(try(decode({{ column }})), chr(0)), true)
                then {{ no_text(column) }}
            else nullif(trim(decode({{ column }}), {{ blanks() }}), '')
        end
    {%- elif 'BLOB' in type -%}
        {#- to JSON goes every byte that is no ASCII sign as \\x.. -#}
        case
            when contains(cast(to_json({{ column }}) as varchar), '\\x') then {{ no_text(column) }}
            else cast(to_json({{ column }}) as varchar)
        end
    {%- elif type.startswith('DECIMAL') and not type.endswith(',0)') -%}
        {{ decimal_text(column) }}
    {%- elif type in ('DOUBLE', 'FLOAT') -%}
        {{ float_text(column, type) }}
    {%- elif '[' in type or type.startswith('STRUCT') or type.startswith('MAP') -%}
        cast(to_json({{ column }}) as varchar)
    {%- else -%}
        {%- set text = column if type == 'VARCHAR' else 'cast(' ~ column ~ ' as varchar)' -%}
        {#- nearly no text has anything but a visible ASCII sign at its ends: only those are copied -#}
        case
            when {{ text }} < '!' or {{ text }} > '~' or ({{ text }})[-1] not between '!' and '~'
                then nullif(trim({{ text }}, {{ blanks() }}), '')
            else {{ text }}
        end
    {%- endif -%}
{% endmacro %}

{% macro spark__parse_text(column, type) %}
    {%- if type == 'VARCHAR' -%}
        nullif(trim(both {{ blanks() }} from {{ column }}), '')
    {%- elif type == 'BLOB' -%}
        case
            when length({{ column }}) = 16
                and (not is_valid_utf8(cast({{ column }} as string)) or cast({{ column }} as string) rlike {{ unwritten_signs() }})
                then lower(regexp_replace(
                    hex({{ column }}), '(.{8})(.{4})(.{4})(.{4})(.{12})', '$1-$2-$3-$4-$5'
                ))
            when not is_valid_utf8(cast({{ column }} as string)) or contains(cast({{ column }} as string), chr(0))
                then {{ no_text(column) }}
            else nullif(trim(both {{ blanks() }} from cast({{ column }} as string)), '')
        end
    {%- elif type.startswith('DECIMAL') and not type.endswith(',0)') -%}
        {{ decimal_text(column) }}
    {%- elif type in ('DOUBLE', 'FLOAT') -%}
        {{ float_text(column, type) }}
    {%- elif type.startswith('ARRAY') or type.startswith('STRUCT') or type.startswith('MAP') -%}
        to_json({{ column }}, map('ignoreNullFields', 'false'))
    {%- else -%}
        nullif(trim(both {{ blanks() }} from cast({{ column }} as string)), '')
    {%- endif -%}
{% endmacro %}
