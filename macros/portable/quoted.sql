{#- The one place where names and values become SQL: whatever stands in them, it stays a name, or a text. -#}

{#- A name of a column or relation. -#}
{% macro quoted(identifier) %}
    {% set mark = adapter.quote('')[0] %}
    {{ return(mark ~ identifier | string | replace(mark, mark ~ mark) ~ mark) }}
{% endmacro %}

{#- A whole literal of a text; quoted as here also in a project that has installed this one as a package. -#}
{% macro literal(text) %}
    {{ return("'" ~ adapter.dispatch('escape_single_quotes')(text | string) ~ "'") }}
{% endmacro %}

{#- Each of these texts as a literal: a list, by one call, as calls take time. -#}
{% macro each_literal(texts) %}
    {{ return((literal(texts | join('\x00')) | replace('\x00', "'\x00'")).split('\x00') if texts else []) }}
{% endmacro %}

{#- Texts as literals with a comma between them. -#}
{% macro literals(texts) %}
    {{ return(each_literal(texts) | join(', ')) }}
{% endmacro %}

{#- What dbt.escape_single_quotes is on Spark, where a backslash in a literal stands for more than itself. -#}
{% macro spark__escape_single_quotes(expression) -%}
    {{ expression | replace('\\', '\\\\') | replace("'", "\\'") }}
{%- endmacro %}
