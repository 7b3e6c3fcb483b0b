{#- The raw rows of one table of a shop as relations that can be read: a list of {sql, columns, name, group}.

    `sql` is a select, `columns` maps its columns' names, in lower case, to their types; `name` is the first
    file's, `group` what the engine reads. Files with the same columns are read together, others apart, so
    that one file's text never turns another's dates into text. `files` (raw_files) and `heads` (raw_heads) are
    looked up where they are not given; `faults` is a list for what is wrong (macro complain): a file with a fault is left out.
    An empty list: the shop has no such table. -#}
{% macro raw_relations(shop, table, files=none, heads=none, faults=none) %}
    {% set groups = {} %}
    {% set files = raw_files(shop, table, list_files(shop.path)) if files is none else files %}
    {% set heads = raw_heads(files) if heads is none else heads %}
    {% set known = {} %}
    {% for file in files %}
        {% set head = heads[file.path] %}
        {#- what files with the same head have in common is looked at once -#}
        {% set alike = (file.format, file.delim, head.header, head.form) %}
        {% if alike | string not in known %}
            {% set columns = csv_columns(file.path, head.header, file.delim, faults) if file.format == 'csv'
                else parquet_columns(file) %}
            {% set is_sound = columns is not none and check_columns(shop.path ~ "/" ~ file.name, columns, faults) %}
            {% do known.update({alike | string: columns if is_sound else none}) %}
        {% endif %}
        {% set columns = known[alike | string] %}
        {% if columns is not none %}
            {% set group = groups.setdefault(
                (file.format, file.delim, file.is_packed, columns, file.partitions, head.form) | string,
                {'format': file.format, 'delim': file.delim, 'is_packed': file.is_packed, 'columns': columns,
                 'partitions': file.partitions, 'form': head.form, 'paths': [], 'faults': [], 'sizes': [],
                 'name': file.name},
            ) %}
            {% do group.paths.append(file.path) %}
            {% do group.sizes.append(head.bytes or 0) %}
            {% do group.faults.append(head.fault) if head.fault %}
        {% endif %}
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
    {% set heads = {} %}
    {% for delim in [',', '\t'] %}
        {% for is_packed in [false, true] %}
            {% do heads.update(csv_heads(
                files | selectattr('format', 'eq', 'csv') | selectattr('delim', 'eq', delim)
                | selectattr('is_packed', 'eq', is_packed) | map(attribute='path') | list, delim, is_packed
            )) %}
        {% endfor %}
    {% endfor %}
    {% do heads.update(parquet_heads(files | selectattr('format', 'eq', 'parquet') | map(attribute='path') | list)) %}
    {{ return(heads) }}
{% endmacro %}

{#- Whether a file has no two columns of one name, and none with a name that is none. -#}
{% macro check_columns(path, columns, faults=none) %}
    {% set seen = {} %}
    {% set twice = [] %}
    {% for name, type in columns %}
        {% do check_name(path ~ ": the column name", name) %}
        {% do twice.append(name) if name in seen and name not in twice %}
        {% do seen.update({name: true}) %}
    {% endfor %}
    {% for name in twice %}
        {% do complain(path ~ ": column " ~ shown_names([name]) ~ " is there twice", faults) %}
    {% endfor %}
    {{ return(not twice) }}
{% endmacro %}
