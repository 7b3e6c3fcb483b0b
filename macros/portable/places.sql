{#- A column of a select, with a row for each place of a text from which on it has at least so many letters: 1, 2, … -#}
{% macro places(text, letters) %}
    {{ return(adapter.dispatch('places')(text, letters)) }}
{% endmacro %}

{% macro duckdb__places(text, letters) -%}
    unnest(range(1, length({{ text }}) - {{ letters }} + 2))
{%- endmacro %}

{% macro spark__places(text, letters) -%}
    explode(filter(
        sequence(1, greatest(length({{ text }}) - {{ letters }} + 1, 1)),
        spot -> spot <= length({{ text }}) - {{ letters }} + 1
    ))
{%- endmacro %}
