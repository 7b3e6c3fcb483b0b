{#- The published columns of all marts, as [table, column] each; a part of the build knows all of them, too. -#}
{% macro published_columns() %}
    {% set found = [] %}
    {% for node in graph.nodes.values()
        if node.package_name == 'patronage' and node.resource_type == 'model' and node.config.access == 'public' %}
        {% for column in node.columns.values() if column.config.meta.get('published', true) %}
            {% do found.append([node.alias, column.name]) %}
        {% endfor %}
    {% endfor %}
    {{ return(found | sort) }}
{% endmacro %}
