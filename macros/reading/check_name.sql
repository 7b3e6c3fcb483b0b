{#- Whether a name that a file brings can be shown and used; refuses it in one line (macro complain): control signs, and more than 200 characters; in names that
    become names in SQL quotes, too. `where` says what it is the name of. -#}
{% macro check_name(where, name, quotes=true, faults=none) %}
    {% set fault = 'has control signs' if modules.re.search(control_signs(), name)
        else 'has more than 200 characters' if name | length > 200
        else 'has a quote' if quotes and modules.re.search('["`\']', name) %}
    {% do complain(where ~ " " ~ shown(name) ~ " " ~ fault ~ ": rename it", faults) if fault %}
    {{ return(not fault) }}
{% endmacro %}
