{#- The raw tables of a system, as its own YAML says them: a map of each to {needed, known, versioned, files, is_optional,
    may_repeat, has_questions, tells, delimiter, encoding}.

    `needed` are the columns without which the shop cannot be read, `known` all that its mappings use, both by plain names
    (macro plain_name). One that ends in * there is `versioned`: of x_1* a file has x_1, or any of x_1_0_0, x_1_0_1 and so on.
    `files` is a regular expression for the name of its files (or their folder) without the ending, whatever its case; without
    one it is the table's name, which a running number may follow. A table that is_optional reads as empty where there is none. Where a name in `may_repeat` is
    there again, the last column of it is read: those before it are the shop's own fields. Where `has_questions`, the columns
    with no such name are data, too (macro answers_of_columns), and may be called anything. What the table `tells` of the shop's
    settings (timezone, reporting_currency), an expression for each, holds where its entry says nothing. Its CSV files may have
    a `delimiter` other than that of their ending, and the `encoding` latin-1 rather than utf-8. -#}
{% macro system_tables(system) %}
    {% set before = kept('tables of ' ~ system) %}
    {% if before is not none %}
        {{ return(before) }}
    {% endif %}
    {% set tables = {} %}
    {% for table in graph.sources.values() if table.package_name == 'patronage' and table.source_name == system %}
        {% set meta = table.config.meta or {} %}
        {% set needed = table.columns | list %}
        {% set known = [] %}
        {% set versioned = [] %}
        {% for column in needed + (meta.get('may_have') or []) %}
            {% do known.append(column.rstrip('*')) %}
            {% do versioned.append(column.rstrip('*')) if column.endswith('*') %}
        {% endfor %}
        {% do tables.update({table.name: {
            'needed': needed,
            'known': known,
            'versioned': versioned,
            'files': meta.get('files') or modules.re.escape(table.name) ~ '[-_ ()0-9]*',
            'is_optional': meta.get('is_optional', false),
            'may_repeat': meta.get('may_repeat') or [],
            'has_questions': meta.get('has_questions', false),
            'tells': meta.get('tells') or {},
            'delimiter': csv_setting(table, 'delimiter', [',', ';', '\t', '|']),
            'encoding': csv_setting(table, 'encoding', ['utf-8', 'latin-1']) or 'utf-8',
        }}) %}
    {% endfor %}
    {{ return(keep('tables of ' ~ system, tables)) }}
{% endmacro %}

{#- How a raw table's CSV files are written, as a system's YAML says; none where it does not. -#}
{% macro csv_setting(table, setting, known) %}
    {% set value = (table.config.meta or {}).get(setting) %}
    {% if value is not none and value not in known %}
        {{ exceptions.raise_compiler_error(
            table.source_name ~ ".yml: unknown " ~ setting ~ " " ~ shown(value) ~ " of " ~ table.name ~ " (expected "
            ~ (known | map('tojson') | join(', ')) ~ ")"
        ) }}
    {% endif %}
    {{ return(value) }}
{% endmacro %}

{#- The raw tables that a shop may bring: its system's own, and those of the contract that are read in its place or beside. -#}
{% macro shops_tables(shop) %}
    {{ return((system_tables(shop.system) | list) + (
        raw_contract() | list if shop.system == 'files' else tables_beside(shop.system)
    )) }}
{% endmacro %}

{#- What a shop's own tables tell of a setting, of several answers the first by name; none where they do not. -#}
{% macro told_setting(shop, setting) %}
    {% for table, own in (system_tables(shop.system) if execute else {}).items() if own.tells.get(setting) %}
        {% if raw_files(shop, table, shop_files(shop), []) %}
            {{ return(run_query(
                "select min(" ~ own.tells[setting] ~ ") from " ~ raw_table(shop, table) ~ " as settings"
            ).columns[0].values()[0]) }}
        {% endif %}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}
