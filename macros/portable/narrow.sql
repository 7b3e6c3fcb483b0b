{#- A wide decimal of so many `digits` behind its point as decimal(18, 4), rounded half away from zero. Where it is too large: null,
    or the engine's error (`by` cast). -#}
{% macro narrow(number, digits, by='try_cast') %}
    {{ return(adapter.dispatch('narrow')(number, digits, by)) }}
{% endmacro %}

{#- The engine divides what is wider than 18 digits bit by bit; most numbers have fewer. -#}
{% macro duckdb__narrow(number, digits, by) -%}
    coalesce(
        cast(try_cast({{ number }} as decimal(18, {{ digits }})) as decimal(18, 4)),
        {{ by }}({{ number }} as decimal(18, 4))
    )
{%- endmacro %}

{% macro spark__narrow(number, digits, by) -%}
    {{ by }}({{ number }} as decimal(18, 4))
{%- endmacro %}
