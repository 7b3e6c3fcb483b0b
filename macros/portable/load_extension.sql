{#- Loads the engine's reader of a kind of databases or files, if its Python package is installed (patronage/engine.py): whether it is
    there now. Before the engine is locked, and again at any time after. -#}
{% macro load_extension(kind) %}
    {% set extension = run_query("select getvariable('patronage_readers')[" ~ literal(kind) ~ "]").columns[0].values()[0] %}
    {% do run_query('load ' ~ literal(extension)) if extension %}
    {{ return(extension is not none) }}
{% endmacro %}
