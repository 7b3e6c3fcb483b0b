{#- Whether the project that has installed this one as a package gives what it needs; a line for each thing that it does not. -#}
{% macro check_project() %}
    {% set faults = [] %}
    {% if execute and project_name != 'patronage' %}
        {% for node in graph.nodes.values() if node.package_name == 'patronage' %}
            {% for parent in node.depends_on.nodes if parent.startswith('model.' ~ project_name ~ '.') %}
                {% set name = parent.split('.')[2] %}
                {% do complain(
                    "the model " ~ name ~ " of this project takes the place of Patronage's: in dbt_project.yml, set flags: "
                    ~ "{require_ref_searches_node_package_before_root: true}", faults
                ) if 'model.patronage.' ~ name in graph.nodes %}
            {% endfor %}
        {% endfor %}
        {% if not env_var('PATRONAGE_DATA', '') and var('sources') is sequence and var('sources') | map(attribute='path') | list == ['data/demo'] %}
            {% do complain("no shop is named: in dbt_project.yml, set vars: {patronage: {sources: […]}}", faults) %}
        {% endif %}
        {% if target.type == 'duckdb' and run_query("select getvariable('patronage_salt')").columns[0].values()[0] is none %}
            {% do complain("the profile lacks what Patronage needs of DuckDB: plugins: [{module: patronage.engine}]", faults) %}
        {% endif %}
    {% endif %}
    {% do raise_faults(faults | unique | list) %}
{% endmacro %}
