{#- The raw tables of a system, as its own YAML says them: a map of each to {needed, known, files, is_optional}.

    `needed` are the columns without which the shop cannot be read, `known` all that its mappings use, both by plain names
    (macro plain_name). `files` is a regular expression for the name of its files (or their folder) without the ending,
    whatever its case; without one only the table's name is. A table that is_optional reads as empty where there is none. -#}
{% macro system_tables(system) %}
    {% set tables = {} %}
    {% for table in graph.sources.values() if table.source_name == system %}
        {% set meta = table.config.meta or {} %}
        {% set needed = table.columns | list %}
        {% do tables.update({table.name: {
            'needed': needed,
            'known': needed + (meta.get('may_have') or []),
            'files': meta.get('files') or modules.re.escape(table.name),
            'is_optional': meta.get('is_optional', false),
        }}) %}
    {% endfor %}
    {{ return(tables) }}
{% endmacro %}

{#- The raw tables that a shop may bring: its system's own, and those of the contract that are read in its place or beside. -#}
{% macro shops_tables(shop) %}
    {{ return((system_tables(shop.system) | list) + (
        raw_contract() | list if shop.system == 'files' else tables_beside(shop.system)
    )) }}
{% endmacro %}
