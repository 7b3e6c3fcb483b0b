{#- Whole days from one date to another. -#}
{% macro days_from(earlier, later) %}
    {{ return(adapter.dispatch('days_from')(earlier, later)) }}
{% endmacro %}

{% macro duckdb__days_from(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__days_from(earlier, later) -%}
    cast(datediff({{ later }}, {{ earlier }}) as bigint)
{%- endmacro %}
