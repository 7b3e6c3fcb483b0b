{#- An id as text. Whole numbers that went through a float (17850.0) lose their `.0`. -#}
{% macro parse_id(column) %}
    {{ return(adapter.dispatch('parse_id')(column)) }}
{% endmacro %}

{% macro duckdb__parse_id(column) -%}
    case
        when suffix({{ column }}, '.0') and regexp_full_match({{ column }}, '-?[0-9]+[.]0')
            then left({{ column }}, -2)
        else {{ column }}
    end
{%- endmacro %}

{% macro spark__parse_id(column) -%}
    case
        when {{ column }} rlike '^-?[0-9]+[.]0\\z' then substr({{ column }}, 1, length({{ column }}) - 2)
        else {{ column }}
    end
{%- endmacro %}

{#- A raw id whose digits a float has lost (9007199254740992.0) as a spreadsheet would show it (macro has_lost_digits); any other as it is. -#}
{% macro raw_id(column) %}
    {{ return(adapter.dispatch('raw_id')(column)) }}
{% endmacro %}

{% macro duckdb__raw_id(column) -%}
    case
        when suffix({{ column }}, '.0') and strlen({{ column }}) > 17 and regexp_full_match({{ column }}, '-?[0-9]+[.]0')
            and abs(try_cast({{ column }} as double)) >= {{ whole_float_limit('DOUBLE') }}
            then {{ with_exponent(column) }}
        else {{ column }}
    end
{%- endmacro %}

{% macro spark__raw_id(column) -%}
    case
        when length({{ column }}) > 17 and {{ column }} rlike '^-?[0-9]+[.]0\\z'
            and abs(try_cast({{ column }} as double)) >= {{ whole_float_limit('DOUBLE') }}
            then {{ with_exponent(column) }}
        else {{ column }}
    end
{%- endmacro %}
