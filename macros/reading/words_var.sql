{#- A var that is a list of words, in lower case; anything else is refused in one line. -#}
{% macro words_var(name) %}
    {% set value = var(name) %}
    {% if value is string or value is mapping or value is not iterable or not value %}
        {{ exceptions.raise_compiler_error("the var " ~ name ~ " must be a list of words, not " ~ shown(value)) }}
    {% endif %}
    {% set words = [] %}
    {% for word in value %}
        {% do words.append(word | string | lower) %}
    {% endfor %}
    {{ return(words) }}
{% endmacro %}
