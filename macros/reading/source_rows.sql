{#- All rows of a contract table that the shops of one system bring.

    Without a call block the files are in the contract's own shape (every_system): those of all shops_with such a table. With one, which is the whole of a
    model in models/staging/systems, the block maps a shop's own files: it is given the shop and writes a select of contract columns,
    of any type, in any order; columns it leaves out are null. Nothing is read while dbt only parses. -#}
{% macro source_rows(system, table) %}
    {% if execute %}
        {% set relations = [] %}
        {% for shop in (shops(system) if caller is defined else shops_with(table)) %}
            {% if caller is defined %}
                {% set mapping = caller(shop) %}
                {% set columns = {} %}
                {% for name, type in query_columns(mapping) %}
                    {% do columns.update({name: type}) %}
                {% endfor %}
                {% do relations.append({'shop': shop, 'sql': mapping, 'columns': columns}) %}
            {% else %}
                {% for relation in raw_relations(shop, table) %}
                    {% do relation.update({'shop': shop}) %}
                    {% do relations.append(relation) %}
                {% endfor %}
            {% endif %}
        {% endfor %}
        {{ return(contract_rows(table, relations) | trim) }}
    {% endif %}
{% endmacro %}
