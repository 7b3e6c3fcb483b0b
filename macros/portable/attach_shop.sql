{#- Makes the tables of an attached database readable: a copy of them all, of one moment, in memory, so that nothing of it is
    written beside what staging keeps; with a `limit`, of so many rows of each. Only the tables that the shop's system reads, but
    for a `first_look`. What is wrong goes into `faults`. -#}
{% macro attach_shop(shop, faults, limit=none, first_look=false) %}
    {{ return(adapter.dispatch('attach_shop')(shop, faults, limit, first_look)) }}
{% endmacro %}

{% macro duckdb__attach_shop(shop, faults, limit, first_look) %}
    {% set where = "source " ~ shown(shop.name) ~ ": " %}
    {% set kind = modules.re.match('(postgres|mysql|sqlite):', shop.attach) %}
    {% set kind = kind.group(1) if kind else 'duckdb' %}
    {% set address = shop.attach[(kind | length) + 1:] if kind != 'duckdb' else shop.attach %}
    {% if modules.re.search('(?i)pass(word|wd)?\\s*=|pwd\\s*=|//[^/@]*:[^@]*@', shop.attach) %}
        {{ return(complain(
            where ~ "attach holds a password: put it into the environment (PGPASSWORD, MYSQL_PWD)", faults
        )) }}
    {% endif %}
    {% if kind != 'duckdb' and not load_extension(kind) %}
        {{ return(complain(
            where ~ "to read " ~ kind ~ " a package is needed: pip install 'patronage[databases]'", faults
        )) }}
    {% endif %}
    {% set copies = quoted(shop.database) %}
    {% set schema = copies ~ '.' ~ quoted(shop.schema) %}
    {% do run_query("attach " ~ literal(address) ~ " as attached_shop (type " ~ kind ~ ", read_only)") %}
    {% do run_query("attach if not exists ':memory:' as " ~ copies) %}
    {% do run_query('create schema ' ~ schema) %}
    {% set from_schema = shop.from_schema or run_query(
        "select database_name, schema_name from duckdb_schemas() where database_name = 'attached_shop' and schema_name "
        ~ ("= 'public'" if kind == 'postgres' else "not in ('information_schema', 'pg_catalog', 'mysql', 'performance_schema', 'sys')")
        ~ " order by schema_name"
    ).columns[1].values() | first %}
    {% set tables = run_query(
        "select table_name from information_schema.tables where table_catalog = 'attached_shop' and table_schema = "
        ~ literal(from_schema) ~ " order by table_name"
    ).columns[0].values() %}
    {% set needed = tables if first_look else needed_tables(shop, tables) %}
    {% set copying = [] %}
    {% for table in needed %}
        {% do copying.append(
            'create table ' ~ schema ~ '.' ~ quoted(table) ~ ' as from attached_shop.' ~ quoted(from_schema) ~ '.'
            ~ quoted(table) ~ ('' if limit is none else ' limit ' ~ limit)
        ) %}
    {% endfor %}
    {% do run_query(copying | join('; ')) if copying %}
    {% do run_query('detach attached_shop') %}
{% endmacro %}

{% macro spark__attach_shop(shop, faults, limit, first_look) %}
    {% do complain(
        "source " ~ shown(shop.name) ~ ": Spark attaches no database; name a schema of its catalogue (schema:)", faults
    ) %}
{% endmacro %}

{#- Which of a database's tables are a shop's: those that its system, or the contract, reads. -#}
{% macro needed_tables(shop, tables) %}
    {% set paths = [] %}
    {% for table in tables %}
        {% do paths.append(shop.path ~ '/' ~ table ~ '.table') %}
    {% endfor %}
    {% set needed = [] %}
    {% for raw_table in shops_tables(shop) %}
        {% for file in raw_files(shop, raw_table, paths, []) %}
            {% do needed.append(name_in_folder(shop, file.path)[:-6]) %}
        {% endfor %}
    {% endfor %}
    {{ return(needed | unique | list) }}
{% endmacro %}
