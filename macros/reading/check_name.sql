{#- Refuses a name that a file brings, in one line: control signs, and more than 200 characters; in names that
    become names in SQL quotes, too. `where` says what it is the name of. -#}
{% macro check_name(where, name, quotes=true) %}
    {% set fault = 'has control signs' if modules.re.search(control_signs(), name)
        else 'has more than 200 characters' if name | length > 200
        else 'has a quote' if quotes and modules.re.search('["`\']', name) %}
    {% if fault %}
        {{ exceptions.raise_compiler_error(where ~ " " ~ shown(name) ~ " " ~ fault ~ ": rename it") }}
    {% endif %}
{% endmacro %}
