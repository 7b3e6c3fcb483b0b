{#- A setting that may come from the command line (--vars), the environment or dbt_project.yml, in this order.

    Returns the text of the first that is given, else none. -#}
{% macro setting(name, variable) %}
    {% set given = invocation_args_dict.get('vars') or {} %}
    {% set value = given[name] if given.get(name) is not none
        else env_var(variable, '') or var(name, none) %}
    {{ return((value | string).strip() if value is not none and value != '' else none) }}
{% endmacro %}
