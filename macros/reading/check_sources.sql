{#- Runs before anything is built: refuses settings and raw files that cannot give a warehouse, one line each.

    Every source needs a known system and time zone, a folder, the tables and columns its system requires,
    and files whose columns are clear. Columns that the contract does not know are named in the log. -#}
{% macro check_sources() %}
    {#- `patronage build` runs dbt twice on the same files: they are read once -#}
    {% if execute and not env_var('PATRONAGE_FILES_CHECKED', '') %}
        {% set contract = raw_contract() %}
        {% set systems = var('systems') %}
        {% set seen = [] %}
        {% for shop in shops() %}
            {% set where = "source " ~ shown(shop.name) ~ ": " %}
            {% if shop.name | lower in seen %}
                {{ exceptions.raise_compiler_error(where ~ "the name is used twice") }}
            {% elif shop.system not in systems %}
                {{ exceptions.raise_compiler_error(
                    where ~ "unknown system " ~ shown(shop.system) ~ "; known are " ~ (systems | join(', '))
                ) }}
            {% elif not known_timezone(shop.timezone) %}
                {{ exceptions.raise_compiler_error(
                    where ~ "unknown timezone " ~ shown(shop.timezone) ~ " (expected the name of a place like Europe/Berlin, or UTC)"
                ) }}
            {% elif shop.naive_times not in ('utc', 'local') %}
                {{ exceptions.raise_compiler_error(
                    where ~ "unknown naive_times " ~ shown(shop.naive_times) ~ " (expected utc or local: what a time without "
                    ~ "offset is)"
                ) }}
            {% endif %}
            {% do seen.append(shop.name | lower) %}
            {% set listed = list_files(shop.path) %}
            {% if not listed %}
                {{ exceptions.raise_compiler_error(where ~ "no files in the folder " ~ shop.path) }}
            {% endif %}
            {% set is_contract = shop.system == 'files' %}
            {% set tables = contract if is_contract else needed_columns(shop.system) %}
            {% set files = {} %}
            {% for table in tables %}
                {% do files.update({table: raw_files(shop, table, listed)}) %}
            {% endfor %}
            {% set heads = raw_heads(files.values() | sum(start=[])) %}
            {% for table, rules in tables.items() %}
                {% set relations = raw_relations(shop, table, files[table], heads) %}
                {{ check_table(shop, table, rules.required, relations, table == 'orders', rules.columns)
                    if is_contract else check_table(shop, table, rules, relations, true) }}
            {% endfor %}
        {% endfor %}
        {{ check_as_of() }}
    {% endif %}
    {% do lock_engine(shops()) if execute %}
{% endmacro %}

{#- What a system's own YAML says that it cannot do without: a map of each raw table to its columns. -#}
{% macro needed_columns(system) %}
    {% set needed = {} %}
    {% for table in graph.sources.values() if table.source_name == system %}
        {% do needed.update({table.name: table.columns | list}) %}
    {% endfor %}
    {{ return(needed) }}
{% endmacro %}

{% macro check_table(shop, table, required, relations, is_required, known=none) %}
    {% if is_required and not relations %}
        {{ exceptions.raise_compiler_error(
            shop.path ~ ": required table " ~ table ~ " is missing (" ~ table ~ ".csv, " ~ table
            ~ ".parquet or a folder " ~ table ~ "/)"
        ) }}
    {% endif %}
    {% for relation in relations %}
        {% for column in required if column not in relation.columns %}
            {{ exceptions.raise_compiler_error(
                shop.path ~ "/" ~ relation.name ~ ": required column " ~ column ~ " is missing (found: "
                ~ shown_names(relation.columns) ~ ")"
            ) }}
        {% endfor %}
        {% set faults = relation.group.faults %}
        {% set fault = csv_fault(relation.group) if relation.group.format == 'csv' else faults | first if faults %}
        {% if fault %}
            {{ exceptions.raise_compiler_error(fault) }}
        {% endif %}
        {% set extra = relation.columns | reject('in', known or relation.columns) | list %}
        {% do log(shop.name ~ "/" ~ relation.name ~ ": columns ignored: " ~ shown_names(extra), true)
            if extra %}
    {% endfor %}
{% endmacro %}

{% macro check_as_of() %}
    {% set as_of = setting('as_of', 'PATRONAGE_AS_OF') %}
    {% if as_of and not (
        modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', as_of)
        and run_query("select try_cast(" ~ literal(as_of) ~ " as date)").columns[0].values()[0]
    ) %}
        {{ exceptions.raise_compiler_error(
            "as_of: " ~ shown(as_of) ~ " is no date; expected YYYY-MM-DD"
        ) }}
    {% endif %}
{% endmacro %}
