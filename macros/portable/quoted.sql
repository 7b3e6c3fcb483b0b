{#- The one place where names and values become SQL: whatever stands in them, it stays a name, or a text. -#}

{#- A name of a column or relation. -#}
{% macro quoted(identifier) %}
    {{ return(adapter.dispatch('quoted')(identifier | string)) }}
{% endmacro %}

{% macro duckdb__quoted(identifier) %}
    {{ return('"' ~ identifier | replace('"', '""') ~ '"') }}
{% endmacro %}

{% macro spark__quoted(identifier) %}
    {{ return('`' ~ identifier | replace('`', '``') ~ '`') }}
{% endmacro %}

{#- A whole literal of a text. -#}
{% macro literal(text) %}
    {{ return("'" ~ dbt.escape_single_quotes(text | string) ~ "'") }}
{% endmacro %}

{#- Texts as literals with a comma between them. -#}
{% macro literals(texts) %}
    {% set written = [] %}
    {% for text in texts %}
        {% do written.append(literal(text)) %}
    {% endfor %}
    {{ return(written | join(', ')) }}
{% endmacro %}

{#- What dbt.escape_single_quotes is on Spark, where a backslash in a literal stands for more than itself. -#}
{% macro spark__escape_single_quotes(expression) -%}
    {{ expression | replace('\\', '\\\\') | replace("'", "\\'") }}
{%- endmacro %}
