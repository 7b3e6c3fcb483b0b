{#- Takes from the engine what a build does not need: it may read the shops' files and the project's seeds, write its
    own database, and change no setting any more. `shops`: source entries (macro shops).

    A table's folder may be a link to another place: what lies there is a shop's file, too. In a project that has installed this one
    as a package the engine is that project's, whose own models may read what they like: there nothing is taken. -#}
{% macro lock_engine(shops) %}
    {{ return(adapter.dispatch('lock_engine')(shops)) }}
{% endmacro %}

{% macro duckdb__lock_engine(shops) %}
    {% if project_name == 'patronage' and not run_query("select current_setting('lock_configuration')").columns[0].values()[0] %}
        {% set folders = [] %}
        {% for shop in shops if not shop.schema %}
            {% do folders.append(shop.path) %}
            {% for path in shop_files(shop) %}
                {% set is_read = reads_workbooks() if path.lower().endswith('.xlsx') %}
                {% do folders.append(shop.path ~ '/' ~ path[(shop.path | length):].strip('/').split('/')[0]) %}
            {% endfor %}
        {% endfor %}
        {% for node in graph.nodes.values() if node.resource_type == 'seed' %}
            {% do folders.append(node.root_path ~ '/' ~ node.original_file_path.rsplit('/', 1)[0]) %}
        {% endfor %}
        {% set literals = [] %}
        {% for folder in folders | unique %}
            {#- the engine compares a pattern with them as it stands, before it is one #}
            {% do literals.extend([literal(folder), literal(as_pattern(folder))]) %}
        {% endfor %}
        {% do run_query('set allowed_directories = [' ~ (literals | join(', ')) ~ ']') %}
        {% do run_query('set enable_external_access = false') %}
        {% do run_query('set lock_configuration = true') %}
    {% endif %}
{% endmacro %}

{#- Spark reads with the rights of who started it. -#}
{% macro spark__lock_engine(shops) %}
{% endmacro %}
