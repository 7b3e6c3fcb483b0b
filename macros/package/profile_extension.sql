{#- What the var profile_extension adds to customer_profile: {model, columns}, without one {'columns': []}.

    The model is one of the project that dbt runs on, with a row at most for each customer_key; it may read all that does not read
    customer_profile. -#}
{% macro profile_extension() %}
    {% set given = var('profile_extension') or {'columns': []} %}
    {% if given is not mapping or (given and (given.keys() | reject('in', ['model', 'columns']) | list)) %}
        {{ exceptions.raise_compiler_error("the var profile_extension must be {model, columns}, not " ~ shown(given)) }}
    {% endif %}
    {% set columns = given.get('columns') %}
    {% set is_list = columns is iterable and columns is not string and columns is not mapping %}
    {% if not is_list or (columns and given.get('model') is not string) or (given.get('model') and not columns) %}
        {{ exceptions.raise_compiler_error("the var profile_extension needs a model and a list of its columns, not " ~ shown(given)) }}
    {% endif %}
    {% for column in columns if not modules.re.fullmatch('[a-z][a-z0-9_]*', column | string) %}
        {{ exceptions.raise_compiler_error(
            "the var profile_extension: a column is named by small letters, digits and _, not " ~ shown(column)
        ) }}
    {% endfor %}
    {{ return(given) }}
{% endmacro %}
