{#- Words as one text in lower case, joined by _: whatever is neither letter nor digit parts them. Null without any.

    What holds an @ may be somebody's address: it stays as it is, so that it is known for one wherever it is shown. -#}
{% macro snake_case(text) %}
    {{ return(adapter.dispatch('snake_case')(text)) }}
{% endmacro %}

{% macro duckdb__snake_case(text) -%}
    case
        when {{ text }} like '%@%' then {{ lower_case(text) }}
        else nullif(trim(regexp_replace({{ lower_case(text) }}, '[^\p{L}\p{N}]+', '_', 'g'), '_'), '')
    end
{%- endmacro %}

{% macro spark__snake_case(text) -%}
    case
        when {{ text }} like '%@%' then {{ lower_case(text) }}
        else nullif(trim(both '_' from regexp_replace({{ lower_case(text) }}, '[^\\p{L}\\p{N}]+', '_')), '')
    end
{%- endmacro %}

{#- The type of an event in snake_case: a capital begins a word as well (productViewed, HTMLPage). Nearly all are so already. -#}
{% macro event_type(text) %}
    {{ return(adapter.dispatch('event_type')(text)) }}
{% endmacro %}

{% macro duckdb__event_type(text) -%}
    {%- set parted = "regexp_replace(regexp_replace(" ~ text ~ ", '([\\p{Ll}\\p{N}])(\\p{Lu})', '\\1_\\2', 'g'), "
        ~ "'(\\p{Lu})(\\p{Lu}\\p{Ll})', '\\1_\\2', 'g')" -%}
    case
        when regexp_full_match({{ text }}, '[a-z0-9]+(_[a-z0-9]+)*') then {{ text }}
        else {{ snake_case(parted) }}
    end
{%- endmacro %}

{% macro spark__event_type(text) -%}
    {%- set parted = "regexp_replace(regexp_replace(" ~ text ~ ", '([\\\\p{Ll}\\\\p{N}])(\\\\p{Lu})', '$1_$2'), "
        ~ "'(\\\\p{Lu})(\\\\p{Lu}\\\\p{Ll})', '$1_$2')" -%}
    case
        when {{ text }} rlike '^[a-z0-9]+(_[a-z0-9]+)*\\z' then {{ text }}
        else {{ snake_case(parted) }}
    end
{%- endmacro %}
