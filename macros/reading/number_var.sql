{#- A var that is a number, or a list of such; anything else is refused in one line, and never becomes SQL. -#}
{% macro number_var(name, least=0) %}
    {% set value = var(name) %}
    {% set values = [value] if value is string or value is mapping or value is not iterable else value %}
    {% for one in values %}
        {% do sound_number(name, one, least) %}
    {% endfor %}
    {{ return(value) }}
{% endmacro %}

{#- The number itself, if it is a finite one and not below the least; `name` is the var that holds it. -#}
{% macro sound_number(name, value, least=0) %}
    {% if value is not number or value is boolean or not least <= value < 1e15 %}
        {{ exceptions.raise_compiler_error(
            "the var " ~ name ~ " must be a number, " ~ least ~ " or more, not " ~ shown(value)
        ) }}
    {% endif %}
    {{ return(value) }}
{% endmacro %}
