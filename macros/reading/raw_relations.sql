{#- The raw rows of one table of a shop as relations that can be read: a list of {sql, columns, name, group}.

    `sql` is a select, `columns` maps its columns' names, in lower case, to their types; `name` is the first
    file's, `group` what the engine reads. Files with the same columns are read together, others apart, so
    that one file's text never turns another's dates into text. `files` (raw_files) and `heads` (raw_heads) are
    looked up where they are not given.
    An empty list: the shop has no such table. -#}
{% macro raw_relations(shop, table, files=none, heads=none) %}
    {% set groups = {} %}
    {% set files = raw_files(shop, table, list_files(shop.path)) if files is none else files %}
    {% set heads = raw_heads(files) if heads is none else heads %}
    {% set known = {} %}
    {% for file in files %}
        {% set head = heads[file.path] %}
        {#- what files with the same head have in common is looked at once -#}
        {% set alike = (file.format, head.header, head.form) %}
        {% if alike | string not in known %}
            {% set columns = csv_columns(file.path, head.header) if file.format == 'csv' else parquet_columns(file) %}
            {% do check_columns(shop.path ~ "/" ~ file.name, columns) %}
            {% do known.update({alike | string: columns}) %}
        {% endif %}
        {% set columns = known[alike | string] %}
        {% set group = groups.setdefault(
            (file.format, columns, file.partitions, head.form) | string,
            {'format': file.format, 'columns': columns, 'partitions': file.partitions, 'form': head.form,
             'paths': [], 'faults': [], 'sizes': [], 'name': file.name},
        ) %}
        {% do group.paths.append(file.path) %}
        {% do group.sizes.append(head.bytes or 0) %}
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

{#- What must be known of raw files before they are read, by path: csv_heads and parquet_heads. -#}
{% macro raw_heads(files) %}
    {% set heads = csv_heads(files | selectattr('format', 'eq', 'csv') | map(attribute='path') | list) %}
    {% do heads.update(parquet_heads(files | selectattr('format', 'eq', 'parquet') | map(attribute='path') | list)) %}
    {{ return(heads) }}
{% endmacro %}

{#- Refuses a file with two columns of one name, or with a name that is none. -#}
{% macro check_columns(path, columns) %}
    {% set seen = {} %}
    {% for name, type in columns %}
        {% do check_name(path ~ ": the column name", name) %}
        {% if name in seen %}
            {{ exceptions.raise_compiler_error(path ~ ": column " ~ shown_names([name]) ~ " is there twice") }}
        {% endif %}
        {% do seen.update({name: true}) %}
    {% endfor %}
{% endmacro %}
