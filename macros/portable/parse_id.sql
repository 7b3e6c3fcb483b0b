{#- An id as text. Whole numbers that went through a float (17850.0) lose their `.0`; NaN is null. -#}
{% macro parse_id(column, type) %}
    {{ return(adapter.dispatch('parse_id')(column, type)) }}
{% endmacro %}

{% macro duckdb__parse_id(column, type) %}
    {%- if type in ('DOUBLE', 'FLOAT') -%}
        case
            when isnan({{ column }}) then null
            when {{ column }} = trunc({{ column }}) and abs({{ column }}) < 1e18
                then cast(cast({{ column }} as bigint) as varchar)
            else cast({{ column }} as varchar)
        end
    {%- else -%}
        case
            when suffix({{ column }}, '.0') and regexp_full_match({{ column }}, '-?[0-9]+[.]0')
                then left({{ column }}, -2)
            else {{ column }}
        end
    {%- endif -%}
{% endmacro %}

{% macro spark__parse_id(column, type) %}
    {%- if type in ('DOUBLE', 'FLOAT') -%}
        case
            when isnan({{ column }}) then null
            when {{ column }} = floor({{ column }}) and abs({{ column }}) < 1e18
                then cast(cast({{ column }} as bigint) as string)
            else cast({{ column }} as string)
        end
    {%- else -%}
        case
            when {{ column }} rlike '^-?[0-9]+[.]0\\z' then substr({{ column }}, 1, length({{ column }}) - 2)
            else {{ column }}
        end
    {%- endif -%}
{% endmacro %}
