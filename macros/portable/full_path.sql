{#- A folder's path by which the engine names the files below it. -#}
{% macro full_path(path) %}
    {{ return(adapter.dispatch('full_path')(path) if execute else path) }}
{% endmacro %}

{% macro duckdb__full_path(path) %}
    {{ return(path) }}
{% endmacro %}

{#- From the root, or from the scheme (s3a:), without `.` and `..`. The session puts in where Spark's driver was started before it
    reads the query; a function would be asked on a worker, which has a folder of its own. -#}
{% macro spark__full_path(path) %}
    {% if modules.re.match('[a-z0-9]+:', path) %}
        {{ return(path) }}
    {% endif %}
    {% set here = '' if path.startswith('/')
        else run_query("select '${system:user.dir}'").columns[0].values()[0] ~ '/' %}
    {% set parts = [] %}
    {% for part in (here ~ path).split('/') if part not in ('', '.') %}
        {% if part != '..' %}
            {% do parts.append(part) %}
        {% elif parts %}
            {% do parts.pop() %}
        {% endif %}
    {% endfor %}
    {{ return('/' ~ (parts | join('/'))) }}
{% endmacro %}
