{#- The digits in a text (in lower case) that may be a phone number, whatever signs group them: each run of digits, with a
    bar between two; null without seven digits. -#}
{% macro phone_digits(text) %}
    {{ return(adapter.dispatch('phone_digits')(text)) }}
{% endmacro %}

{% macro duckdb__phone_digits(text) -%}
    case
        when regexp_matches({{ text }}, '[0-9](?:[^0-9a-z,;:"|]*[0-9]){6}')
            then regexp_replace(
                regexp_replace({{ text }}, '[^0-9a-z,;:"|]+', '', 'g'), '[^0-9]+', '|', 'g'
            )
    end
{%- endmacro %}

{% macro spark__phone_digits(text) -%}
    case
        when {{ text }} rlike '[0-9](?:[^0-9a-z,;:"|]*[0-9]){6}'
            then regexp_replace(
                regexp_replace({{ text }}, '[^0-9a-z,;:"|]+', ''), '[^0-9]+', '|'
            )
    end
{%- endmacro %}
