{#- The raw rows of one table of a shop as relations that can be read: a list of {sql, columns, name, group}.

    `sql` is a select, `columns` maps its columns' names, in lower case, to their types; `name` is the first
    file's, `group` what the engine reads. Files with the same columns are read together, others apart, so
    that one file's text never turns another's dates into text. `files` (raw_files) and `heads` (raw_heads) are
    looked up where they are not given, once a run; `faults` is a list for what is wrong (macro complain): a file with a fault is
    left out. An empty list: the shop has no such table. -#}
{% macro raw_relations(shop, table, files=none, heads=none, faults=none) %}
    {% set name = ['relations', shop.name, shop.path, shop.system, table] | join(' ') %}
    {% set before = kept(name) if files is none else none %}
    {% if before is not none %}
        {{ return(before) }}
    {% endif %}
    {% set groups = {} %}
    {% set files = raw_files(shop, table, shop_files(shop)) if files is none else files %}
    {% set heads = raw_heads(files) if heads is none else heads %}
    {% set known = {} %}
    {% set own = system_tables(shop.system).get(table) %}
    {#- what an object lacks is null: all files of JSON lines are read together -#}
    {% set keys = json_keys_of(files, heads) %}
    {% for file in files if heads[file.path].is_refused %}
        {% do complain(heads[file.path].fault, faults) %}
    {% endfor %}
    {% for file in files if not heads[file.path].is_refused %}
        {% set head = heads[file.path] %}
        {#- what files with the same head have in common is looked at once -#}
        {% set alike = (
            file.format, file.delim, file.encoding, none if file.format == 'json' else file.path if file.format == 'table' else head.header, head.form
        ) %}
        {% if alike | string not in known %}
            {% set columns = csv_columns(file.path, head.header, file.delim, faults) if file.format == 'csv'
                else json_columns(keys) if file.format == 'json'
                else xlsx_columns(file.path, head, faults) if file.format == 'xlsx'
                else query_columns('select * from ' ~ shop_table(shop, file.path)) if file.format == 'table'
                else parquet_columns(file) %}
            {% set columns = numbered_columns(columns, own) if own and columns else columns %}
            {% set where = shop.path ~ "/" ~ file.name ~ ": " %}
            {#- a tab is what no name may have, and here it is in none -#}
            {% set divider = other_divider(columns | map(attribute=0) | list, file.format, file.delim)
                if columns and file.format == 'csv' and file.delim != '\t' and '\t' in head.header else none %}
            {% do complain(where ~ divided_by(divider), faults) if divider %}
            {% set is_sound = columns is not none and not divider and check_columns(where, columns, faults, own.has_questions) %}
            {% do known.update({alike | string: columns if is_sound else none}) %}
        {% endif %}
        {% set columns = known[alike | string] %}
        {% if columns is not none %}
            {% set group = groups.setdefault(
                (file.format, file.delim, file.encoding, file.is_packed, columns, file.partitions, head.form) | string,
                {'format': file.format, 'delim': file.delim, 'encoding': file.encoding, 'is_packed': file.is_packed,
                 'columns': columns, 'partitions': file.partitions, 'form': head.form, 'paths': [], 'faults': [], 'sizes': [],
                 'name': file.name, 'json_keys': keys},
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
        {% set rows = csv_rows(group) if group.format == 'csv' else json_rows(group) if group.format == 'json'
            else table_rows(shop, group) if group.format == 'table'
            else xlsx_rows(group) if group.format == 'xlsx'
            else parquet_rows(group) %}
        {% do relations.append({
            'sql': 'select ' ~ partition_columns(group, shop.path) ~ ' from ' ~ rows,
            'columns': columns,
            'name': group.name,
            'group': group,
        }) %}
    {% endfor %}
    {{ return(keep(name, relations)) }}
{% endmacro %}

{#- What must be known of raw files before they are read, by path: csv_heads, json_heads, xlsx_heads and parquet_heads. Files that
    cannot be read have a head that `is_refused`, with nothing but their fault. -#}
{% macro raw_heads(files) %}
    {% set heads = {} %}
    {% set faults = unreadable_files(files) %}
    {% for file in files if faults.get(file.path) %}
        {% do heads.update({file.path: refused_head(file.path ~ ": " ~ faults[file.path])}) %}
    {% endfor %}
    {% set files = files | rejectattr('path', 'in', heads) | list %}
    {% for file in files if file.format == 'table' %}
        {% do heads.update({file.path: {'header': none, 'form': none, 'fault': none}}) %}
    {% endfor %}
    {% set alike = {} %}
    {% for file in files if file.format == 'csv' %}
        {% do alike.setdefault((file.delim, file.is_packed, file.encoding), []).append(file.path) %}
    {% endfor %}
    {% for form, paths in alike.items() %}
        {% do heads.update(csv_heads(paths, *form)) %}
    {% endfor %}
    {% for is_packed in [false, true] %}
        {% do heads.update(json_heads(
            files | selectattr('format', 'eq', 'json') | selectattr('is_packed', 'eq', is_packed)
            | map(attribute='path') | list, is_packed
        )) %}
    {% endfor %}
    {% do heads.update(xlsx_heads(files | selectattr('format', 'eq', 'xlsx') | map(attribute='path') | list)) %}
    {% do heads.update(parquet_heads(files | selectattr('format', 'eq', 'parquet') | map(attribute='path') | list)) %}
    {{ return(heads) }}
{% endmacro %}

{#- The head of a file that is not read at all. -#}
{% macro refused_head(fault) %}
    {{ return({'header': '', 'form': none, 'fault': fault, 'is_refused': true}) }}
{% endmacro %}

{#- Whether a file has no two columns of one name, and none with a name that is none; `are_data`: what people were asked is one. -#}
{% macro check_columns(where, columns, faults=none, are_data=false) %}
    {% set seen = {} %}
    {% set twice = [] %}
    {% set named = [true] %}
    {% for name, type in columns %}
        {#- one is named of a file, which may have thousands -#}
        {% do named.append(check_name(where ~ "the column name", name[:200] if are_data else name, not are_data, faults)) if named[-1] %}
        {% do twice.append(name) if name in seen and name not in twice %}
        {% do seen.update({name: true}) %}
    {% endfor %}
    {% for name in twice %}
        {% do complain(where ~ "column " ~ shown_names([name]) ~ " is there twice", faults) %}
    {% endfor %}
    {{ return(not twice and named[-1]) }}
{% endmacro %}

{#- The names in the objects of some files of JSON lines, as they stand there; those with signs that no column's name has are none. -#}
{% macro json_keys_of(files, heads) %}
    {% set keys = [] %}
    {% for file in files if file.format == 'json' %}
        {% for key in heads[file.path].header.split('\n') if modules.re.fullmatch('[A-Za-z0-9_$][A-Za-z0-9_$ .-]{0,199}', key) %}
            {% do keys.append(key) if key not in keys %}
        {% endfor %}
    {% endfor %}
    {{ return(keys | sort(case_sensitive=true)) }}
{% endmacro %}

{#- The columns of files of JSON lines: a list of (name in lower case, type), all text. -#}
{% macro json_columns(keys) %}
    {% set columns = [] %}
    {% for key in keys %}
        {% do columns.append((key | lower, 'VARCHAR')) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}

{#- The columns of a system's file, in which a name that is there again is numbered: where no mapping uses it, and where the
    table's may_repeat has it all but the last. -#}
{% macro numbered_columns(columns, own) %}
    {% set numbered = [] %}
    {% set places = {} %}
    {% for name, type in columns %}
        {% do places.setdefault(name, []).append(loop.index) %}
    {% endfor %}
    {% for name, type in columns %}
        {% set stands = loop.index == (places[name][-1] if plain_name(name) in own.may_repeat else places[name][0]) %}
        {% set is_used = plain_name(name) in own.known and plain_name(name) not in own.may_repeat %}
        {% do numbered.append((name if stands or is_used else name ~ '_column_' ~ loop.index, type)) %}
    {% endfor %}
    {{ return(numbered) }}
{% endmacro %}

{#- The rows of a shop's tables that have the same columns. -#}
{% macro table_rows(shop, group) %}
    {% set selects = [] %}
    {% for path in group.paths %}
        {% do selects.append('select *, ' ~ literal(path) ~ ' as raw_file from ' ~ shop_table(shop, path)) %}
    {% endfor %}
    {{ return('(' ~ (selects | join(' union all ')) ~ ')') }}
{% endmacro %}
