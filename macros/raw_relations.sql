{#- The raw rows of one table of a shop as relations that can be read: a list of {sql, columns, name, group}.

    `sql` is a select, `columns` maps its columns' names, in lower case, to their types; `name` is the first
    file's, `group` what the engine reads. Files with the same columns are read together, others apart, so
    that one file's text never turns another's dates into text. `files` (raw_files) and `heads` (csv_heads) are
    looked up where they are not given.
    An empty list: the shop has no such table. -#}
{% macro raw_relations(shop, table, files=none, heads=none) %}
    {% set groups = {} %}
    {% set files = raw_files(shop, table, list_files(shop.path)) if files is none else files %}
    {% set heads = csv_heads(files | selectattr('format', 'eq', 'csv') | map(attribute='path') | list)
        if heads is none else heads %}
    {% for file in files %}
        {% set head = heads.get(file.path, {}) %}
        {% set columns = csv_columns(file.path, head.header) if head else parquet_columns(file) %}
        {% set names = columns | map('first') | list %}
        {% for name in names if names.count(name) > 1 %}
            {{ exceptions.raise_compiler_error(
                shop.path ~ "/" ~ file.name ~ ": column " ~ shown_names([name]) ~ " is there twice"
            ) }}
        {% endfor %}
        {% set group = groups.setdefault(
            (file.format, columns, file.partitions, head.form) | string,
            {'format': file.format, 'columns': columns, 'partitions': file.partitions, 'form': head.form,
             'paths': [], 'faults': [], 'name': file.name},
        ) %}
        {% do group.paths.append(file.path) %}
        {% do group.faults.append(head.fault) if head.fault %}
    {% endfor %}
    {% set relations = [] %}
    {% for group in groups.values() %}
        {% set columns = {} %}
        {% for name, type in group.columns %}
            {% do columns.update({name: type}) %}
        {% endfor %}
        {% for name in group.partitions %}
            {% do columns.update({name: 'VARCHAR'}) %}
        {% endfor %}
        {% set rows = csv_rows(group) if group.format == 'csv' else parquet_rows(group) %}
        {% do relations.append({
            'sql': 'select ' ~ partition_columns(group, shop.path) ~ ' from ' ~ rows,
            'columns': columns,
            'name': group.name,
            'group': group,
        }) %}
    {% endfor %}
    {{ return(relations) }}
{% endmacro %}
