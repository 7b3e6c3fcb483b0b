{#- What a build that was killed has left, where the engine cannot write over it: so it can simply be started again.

    A table stands in a catalogue of Hive only after all its rows are written. A driver that is killed before leaves a folder that
    no table has, and Spark creates none of that name any more. So a build marks that it began, and removes the mark at its
    end; where a mark is found, the folder of a table that the catalogue does not have is emptied before the table is made. -#}
{% macro begin_build() %}
    {{ return(adapter.dispatch('begin_build')()) }}
{% endmacro %}

{% macro default__begin_build() %}
{% endmacro %}

{% macro spark__begin_build() %}
    {% if execute and build_format() == 'parquet' %}
        {% if run_query("show tables in " ~ quoted(target.schema) ~ " like 'patronage_is_building'").rows %}
            {% set known = [] %}
            {% for schema in run_query('show schemas').columns[0].values() if schema in graph.nodes.values() | map(attribute='schema') %}
                {% for row in run_query('show tables in ' ~ quoted(schema)).rows %}
                    {% do known.append(schema ~ '.' ~ row[1]) %}
                {% endfor %}
            {% endfor %}
            {% do keep('sound tables', known) %}
        {% else %}
            {% do run_query("create table " ~ build_mark() ~ " (began timestamp) using parquet") %}
        {% endif %}
    {% endif %}
{% endmacro %}

{#- `results` are those of the run. After a death the mark stays until a run has built every table: others may still lie there. -#}
{% macro end_build(results) %}
    {{ return(adapter.dispatch('end_build')(results)) }}
{% endmacro %}

{% macro default__end_build(results) %}
{% endmacro %}

{% macro spark__end_build(results) %}
    {% if execute and build_format() == 'parquet' %}
        {% set done = [] %}
        {% for result in results if result.status in ('success', 'pass') %}
            {% do done.append(result.node.unique_id) %}
        {% endfor %}
        {% set missing = [] %}
        {% for id, node in graph.nodes.items() if id not in done and node.resource_type in ('model', 'seed') %}
            {% do missing.append(id) if node.config.materialized not in ('view', 'ephemeral') %}
        {% endfor %}
        {% if kept('sound tables') is none or not missing %}
            {% do run_query("drop table if exists " ~ build_mark()) %}
        {% endif %}
    {% endif %}
{% endmacro %}

{% macro build_mark() %}
    {{ return(quoted(target.schema) ~ '.patronage_is_building') }}
{% endmacro %}

{#- Tables of other formats (Iceberg, Delta) are there as a whole or not at all. -#}
{% macro build_format() %}
    {{ return(env_var('PATRONAGE_SPARK_FORMAT', '') or 'parquet') }}
{% endmacro %}

{#- Empties the folder of a table that is about to be made, where a killed build may have filled it. SQL removes no folder: a
    table in the same place is written over with no rows, in parts of which there are none, and forgotten. -#}
{% macro empty_folder(relation) %}
    {% set sound = kept('sound tables') %}
    {% set name = (relation.schema ~ '.' ~ relation.identifier) | lower %}
    {% if sound is not none and name not in sound %}
        {% do sound.append(name) %}
        {% set schema = kept('folder of ' ~ relation.schema) %}
        {% if schema is none %}
            {#- an address, in which signs stand as %xx; a table's location is a name -#}
            {% set rows = run_query('describe schema extended ' ~ quoted(relation.schema)).rows %}
            {% set address = literal((rows | selectattr(0, 'eq', 'Location') | first)[1]) %}
            {% set schema = keep('folder of ' ~ relation.schema, run_query(
                "select url_decode(replace(" ~ address ~ ", '+', '%2B'))"
            ).columns[0].values()[0]) %}
        {% endif %}
        {% set place = schema.rstrip('/') ~ '/' ~ relation.identifier | lower %}
        {% set stand_in = quoted(relation.schema) ~ '.' ~ quoted(relation.identifier ~ '__left') %}
        {% do run_query("drop table if exists " ~ stand_in) %}
        {% do run_query(
            "create table " ~ stand_in ~ " (row string, part string) using parquet"
            ~ " options ('mapreduce.fileoutputcommitter.marksuccessfuljobs' = 'false') partitioned by (part) location " ~ literal(place)
        ) %}
        {% do run_query("insert overwrite " ~ stand_in ~ " select '', '' where false") %}
        {% do run_query("drop table " ~ stand_in) %}
    {% endif %}
{% endmacro %}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') %}
    {% do empty_folder(relation) if not temporary %}
    {{ return(dbt.spark__create_table_as(temporary, relation, compiled_code, language)) }}
{% endmacro %}

{% macro spark__create_csv_table(model, agate_table) %}
    {% do empty_folder(this) %}
    {{ return(dbt.spark__create_csv_table(model, agate_table)) }}
{% endmacro %}
